package migration

import (
	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/takeup"
)

// Acts is how the domain's acts are taken up after they were committed. Those that post journals bring them into the ledger's
// projections, too.
var Acts = takeup.Acts[Ports]{Domain: "migration", Relay: func(d Ports) takeup.Relay { return d.Relay }, Chain: func(d Ports) takeup.Chain { return d.Chain }}

// projecting is what taking up an act with journals needs of the ledger.
var projecting = op.Contribution{Name: "ledger.project", Access: []op.Access{{Table: finance.Table, Do: op.Get | op.List | op.Put | op.Update}}}

// takeUp is the task that takes up a tenant's waiting acts, with what the ledger's projections need.
func takeUp() op.Operation {
	o := Acts.TakeUp()
	o.Spec.Uses = []*op.Contribution{&projecting}
	return o
}

// sweep is the job that sweeps up waiting acts, of all tenants.
func sweep() op.Operation {
	o := Acts.Sweep()
	o.Spec.Uses = []*op.Contribution{&projectingAll}
	return o
}

// projectingAll is projecting for all tenants.
var projectingAll = op.Contribution{Name: "ledger.project-all", Access: []op.Access{{Table: finance.Table, Do: op.Get | op.List | op.Put | op.Update,
	AllTenants: "It takes up the waiting acts of every tenant."}}}
