package finance

import (
	"context"

	"backoffice/internal/op"
)

// RecordJournal posts a journal at once, without a draft: the shortest way into the books.
var RecordJournal = op.Op[Ports, RecordJournalIn, JournalView]{
	Spec: op.Spec{
		ID: "finance.record-journal", Kind: op.Command, Route: "POST /finance/v1/journals/record", Status: 201, Permission: "journals.record",
		Summary:     "Record a journal",
		Description: "Checks a journal, numbers it and posts it in one act. Everything wrong with it is told at once; nothing is stored unless all is right.",
		Uses:        []*op.Contribution{&Posting},
		Example: op.Example{Given: []string{"finance.open-fiscal-year"}, Body: `{"entity":"${finance.create-entity.id}","date":"2026-04-30","description":"Agency staff, April",` +
			`"lines":[{"account":"7105","debit":{"amount":"1250.00","currency":"GBP"}},{"account":"2100","credit":{"amount":"1250.00","currency":"GBP"}}]}`},
	},
	Handle: recordJournal,
	Again:  journalAgain[RecordJournalIn],
}

// RecordJournalIn is the input of RecordJournal.
type RecordJournalIn struct{ JournalFields }

func recordJournal(ctx context.Context, c *op.Call, d Ports, in RecordJournalIn) (JournalView, error) {
	posted, err := d.Post(ctx, c, General, in.JournalFields)
	if err != nil {
		return JournalView{}, err
	}
	return posted[0].View(), nil
}
