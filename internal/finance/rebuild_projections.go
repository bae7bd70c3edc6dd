package finance

import (
	"context"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// RebuildProjections has the tenant's balances and listings made anew from its journals.
var RebuildProjections = op.Op[Ports, RebuildIn, jobs.View]{
	Spec: op.Spec{
		ID: "finance.rebuild-projections", Kind: op.Command, Route: "POST /finance/v1/projections/rebuild", Status: 202, Permission: "projections.rebuild",
		Summary: "Rebuild balances and listings",
		Description: "Starts a job that verifies the audit chain, discards every balance, account ledger and listing, and makes them anew from the journals of the recorded acts. " +
			"Meanwhile postings go on and wait; every report counts the rebuild as pending, and no period closes.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Uses:    []*op.Contribution{&jobs.Starting},
		Example: op.Example{Given: []string{"finance.record-journal"}, Body: `{}`},
	},
	Handle: rebuildProjections,
	Again:  rebuildAgain[RebuildIn],
}

// RebuildIn is the input of RebuildProjections: there is nothing to choose.
type RebuildIn struct{}

func rebuildProjections(ctx context.Context, c *op.Call, d Ports, _ RebuildIn) (jobs.View, error) {
	c.Shared()
	return startRebuild(ctx, c, d)
}
