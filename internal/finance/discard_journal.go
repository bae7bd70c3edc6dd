package finance

import (
	"context"

	"backoffice/internal/op"
)

// DiscardJournal puts a draft away; it stays readable and can never be posted.
var DiscardJournal = op.Op[Ports, JournalRef, JournalView]{
	Spec: op.Spec{
		ID: "finance.discard-journal", Kind: op.Command, Narrows: true, Route: "POST /finance/v1/journals/{journalId}/discard", Permission: "journals.update", IfMatch: true,
		Summary:     "Discard a draft journal",
		Description: "Puts a draft away. It can still be read, never be changed or posted, and keeps its source and external id.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Path: "journalId=${finance.create-journal.id}"},
	},
	Handle: discardJournal,
	Again:  journalAgain[JournalRef],
}

func discardJournal(ctx context.Context, c *op.Call, d Ports, in JournalRef) (JournalView, error) {
	before, err := d.journal(ctx, c, in)
	if err != nil {
		return JournalView{}, err
	}
	if before.State != Draft {
		return JournalView{}, RuleJournalState.Err()
	}
	after := before
	after.State = Discarded
	after.Version++
	d.Journals.Save(c.Act, after, before.Version)
	c.Act.Changed(after.ID, after.Version, before.View(), after.View())
	return after.View(), nil
}
