package finance

import (
	"context"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// BeginRebuild is RebuildProjections for the operators of an installation, who belong to no tenant.
var BeginRebuild = op.Op[Ports, RebuildIn, jobs.View]{
	Spec: op.Spec{
		ID: "finance.begin-rebuild", Kind: op.Task, Status: 202, Permission: "projections.rebuild",
		Summary:       "Begin to rebuild a tenant's balances and listings",
		Description:   "Called by operators after a restore, for one tenant after the other.",
		InMaintenance: "it is part of the maintenance",
		Access:        []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Uses:          []*op.Contribution{&jobs.Starting},
		Example:       op.Example{Given: []string{"finance.record-journal"}, Body: `{"reason":"Restored from a backup"}`},
	},
	Handle: beginRebuild,
	Again:  rebuildAgain[RebuildIn],
}

func beginRebuild(ctx context.Context, c *op.Call, d Ports, in RebuildIn) (jobs.View, error) {
	return startRebuild(ctx, c, d, in)
}
