package finance

import (
	"context"

	"backoffice/internal/fault"
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
		InMaintenance: "it is part of the maintenance",
		Access:        []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Uses:          []*op.Contribution{&jobs.Starting},
		Example:       op.Example{Given: []string{"finance.record-journal"}, Body: `{"reason":"Restored from a backup"}`},
	},
	Handle: rebuildProjections,
	Again:  rebuildAgain[RebuildIn],
}

// RebuildIn is the input of RebuildProjections.
type RebuildIn struct {
	Reason string `json:"reason" minLength:"1" maxLength:"240" example:"Restored from a backup" doc:"Why; it is kept with the rebuild"`
}

// Validate checks what the schema cannot say.
func (in *RebuildIn) Validate(c *fault.Collector) { checkBlank(c, "/reason", in.Reason) }

func rebuildProjections(ctx context.Context, c *op.Call, d Ports, in RebuildIn) (jobs.View, error) {
	c.Shared()
	return startRebuild(ctx, c, d, in)
}
