package finance

import (
	"context"

	"backoffice/internal/op"
)

// GetJournal reads a journal with its lines.
var GetJournal = op.Op[Ports, JournalRef, JournalView]{
	Spec: op.Spec{
		ID: "finance.get-journal", Kind: op.Query, Narrows: true, Route: "GET /finance/v1/journals/{journalId}", Permission: "journals.read",
		Summary: "Read a journal",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "journalId=${finance.record-journal.id}"},
	},
	Handle: getJournal,
}

func getJournal(ctx context.Context, c *op.Call, d Ports, in JournalRef) (JournalView, error) {
	j, err := d.journal(ctx, c, in)
	if err != nil {
		return JournalView{}, err
	}
	return j.View(), nil
}
