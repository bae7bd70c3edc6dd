package platform

import (
	"context"
	"time"

	"backoffice/internal/audit"
	"backoffice/internal/op"
)

const (
	// anchorAuditEvery is half of the day within which somebody is told that nothing was anchored, so that one call may fail.
	anchorAuditEvery = 12 * time.Hour
	// rootsTimeLimit is enough for some hundred thousand chains, or as many links.
	rootsTimeLimit = 10 * time.Minute
	anchorReaches  = "it anchors the audit chains of every tenant"
	holdReaches    = "it verifies the audit chains of every tenant"
)

// AnchorAudit writes what the audit chains of all domains have become into a signed root, outside the tables. It may be called
// by anyone at any time: where nothing is new there is no new root, and of several callers at once one writes it.
var AnchorAudit = op.Op[Ports, op.None, audit.Anchored]{
	Spec: op.Spec{
		ID: "platform.anchor-audit", Kind: op.Job, Every: anchorAuditEvery, Permission: "audit-roots.write", Timeout: rootsTimeLimit,
		Summary: "Anchor the audit chains",
		Description: "Reads what has come into every audit chain since the last root and writes it into a new one: signed, with the hash of the root before, beyond the tables' reach. " +
			"A chain that does not go on from where it was anchored is named in the answer, and the others are anchored.",
		Access: []op.Access{{Table: Table, Do: op.List, Indexes: "gsi1", AllTenants: anchorReaches}, {Table: "finance", Do: op.List, AllTenants: anchorReaches},
			{Table: "migration", Do: op.List, AllTenants: anchorReaches}},
		Roots:         op.FileRead | op.FileWrite,
		NoRecord:      "a root is about acts and is none, and must not stand where they do",
		InMaintenance: "it writes to no table, and what was recorded before is anchored",
	},
	Handle: anchorAudit,
}

func anchorAudit(ctx context.Context, c *op.Call, d Ports, _ op.None) (audit.Anchored, error) {
	tenants, err := d.Everyone.AllTenants(ctx)
	if err != nil {
		return audit.Anchored{}, err
	}
	tables := make([]string, len(c.Spec.Access))
	for i, a := range c.Spec.Access {
		tables[i] = a.Table
	}
	return d.Roots.Anchor(ctx, tables, tenants, c.At)
}
