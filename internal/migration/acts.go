package migration

import "backoffice/internal/takeup"

// Acts are the domain's acts, taken up after their commits. Those that post journals stand in the ledger's table, and are taken
// up there.
var Acts = takeup.Acts[Ports]{Domain: "migration", Relay: func(d Ports) takeup.Relay { return d.Relay }, Chain: func(d Ports) takeup.Chain { return d.Chain }}
