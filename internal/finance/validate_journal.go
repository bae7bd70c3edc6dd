package finance

import (
	"context"

	"backoffice/internal/op"
)

// ValidateJournal tells whether a draft could be posted now, and if not, every reason.
var ValidateJournal = op.Op[Ports, JournalRef, Validation]{
	Spec: op.Spec{
		ID: "finance.validate-journal", Kind: op.Query, Narrows: true, Route: "GET /finance/v1/journals/{journalId}/validation", Permission: "journals.read",
		Summary: "Check a draft journal",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "journalId=${finance.create-journal.id}"},
	},
	Handle: validateJournal,
}

func validateJournal(ctx context.Context, c *op.Call, d Ports, in JournalRef) (Validation, error) {
	j, err := d.journal(ctx, c, in)
	if err != nil {
		return Validation{}, err
	}
	f := j.fields()
	books, err := d.posting(ctx, c, f.Entity, f.DimensionKeys(), f.PartyIDs()...)
	if err != nil {
		return Validation{}, err
	}
	if j.State != Draft {
		return Validation{}, RuleJournalState.Err()
	}
	return books.validate(j, f), nil
}
