package finance

import (
	"context"

	"backoffice/internal/op"
)

// GetJournal reads a journal with its lines.
var GetJournal = op.Op[Ports, GetJournalIn, ExpandedJournal]{
	Spec: op.Spec{
		ID: "finance.get-journal", Kind: op.Query, Narrows: true, Route: "GET /finance/v1/journals/{journalId}", Permission: "journals.read",
		Summary:     "Read a journal",
		Description: "Reads a journal with its lines. " + expandNote,
		Access:      []op.Access{{Table: Table, Do: op.Get}},
		Example:     op.Example{Path: "journalId=${finance.record-journal.id}"},
	},
	Handle: getJournal,
}

// GetJournalIn is the input of GetJournal.
type GetJournalIn struct {
	JournalRef
	JournalExpand
}

func getJournal(ctx context.Context, c *op.Call, d Ports, in GetJournalIn) (ExpandedJournal, error) {
	j, err := d.journal(ctx, c, in.JournalRef)
	if err != nil {
		return ExpandedJournal{}, err
	}
	related, err := d.related(ctx, c, in.JournalExpand, j)
	return ExpandedJournal{j.View(), related}, err
}
