package finance

import (
	"context"

	"backoffice/internal/op"
)

// CreateJournal drafts a journal.
var CreateJournal = op.Op[Ports, CreateJournalIn, JournalView]{
	Spec: op.Spec{
		ID: "finance.create-journal", Kind: op.Command, Narrows: true, Route: "POST /finance/v1/journals", Status: 201, Permission: "journals.create",
		Summary:     "Draft a journal",
		Description: "Keeps a journal as a draft. Accounts and dimensions must be right; balance and period are checked when it is posted.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example: op.Example{Given: []string{"finance.open-fiscal-year"}, Body: `{"entity":"${finance.create-entity.id}","date":"2026-04-30","description":"Rent, quarter 1",` +
			`"lines":[{"account":"7200","debit":{"amount":"3000.00","currency":"GBP"}},{"account":"2100","credit":{"amount":"3000.00","currency":"GBP"}}]}`},
	},
	Handle: createJournal,
	Again:  journalAgain[CreateJournalIn],
}

// CreateJournalIn is the input of CreateJournal.
type CreateJournalIn struct{ JournalFields }

func createJournal(ctx context.Context, c *op.Call, d Ports, in CreateJournalIn) (JournalView, error) {
	books, err := d.posting(ctx, c, in.Entity, in.DimensionKeys(), in.PartyIDs()...)
	if err != nil {
		return JournalView{}, err
	}
	j, err := books.Draft(c.NewID("jrn"), in.JournalFields, General, handOf(c))
	if err != nil {
		return JournalView{}, err
	}
	d.Journals.Add(c.Act, j)
	c.Act.Record(j.ID, j.Version)
	return j.View(), nil
}
