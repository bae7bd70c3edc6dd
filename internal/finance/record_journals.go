package finance

import (
	"context"
	"fmt"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// RecordJournals posts several journals in one call: each for itself, or, asked to be atomic, all of one entity as one act.
var RecordJournals = op.Batch[Ports, RecordJournalIn, JournalView]{
	Spec: op.Spec{
		ID: "finance.record-journals", Kind: op.Command, Route: "POST /finance/v1/journals/batch", Permission: "journals.record",
		Summary: "Record journals in bulk",
		Description: "Posts up to 100 journals, each with an answer of its own: one that is refused holds up no other. With `atomic=true` " +
			"up to 49 journals of one entity are posted in one transaction, all of them or none. Larger sets are an import.",
		Uses:    []*op.Contribution{&Posting},
		BodyMax: 4 << 20,
		Example: op.Example{Given: []string{"finance.open-fiscal-year"}, Query: "atomic=true", Body: `{"items":[{"entity":"${finance.create-entity.id}","date":"2026-04-30","description":"Water",` +
			`"lines":[{"account":"7200","debit":{"amount":"80.00","currency":"GBP"}},{"account":"2100","credit":{"amount":"80.00","currency":"GBP"}}]}]}`},
	},
	Item:     &RecordJournal,
	Together: recordJournals,
	Again:    recordJournalsAgain,
}

func recordJournals(ctx context.Context, c *op.Call, d Ports, all []RecordJournalIn) ([]JournalView, error) {
	fields := make([]JournalFields, 0, len(all))
	for _, in := range all {
		fields = append(fields, in.JournalFields)
	}
	if len(all) == 1 { // the ledger's own pointers are those of one journal
		c.Act.Place(op.ItemPointer(0))
	}
	posted, err := d.Post(ctx, c, General, fields...)
	if len(all) == 1 { // of several, each fault says whose it is
		err = fault.Within(op.ItemPointer(0), err)
	}
	return viewAll(posted), err
}

func viewAll(all []Journal) []JournalView {
	out := make([]JournalView, 0, len(all))
	for _, j := range all {
		out = append(out, j.View())
	}
	return out
}

func recordJournalsAgain(ctx context.Context, c *op.Call, d Ports, was op.Recorded) ([]JournalView, error) {
	all, err := d.Journals.Journals(ctx, c.Tenant, was.Records())
	if err != nil {
		return nil, fmt.Errorf("journals of act %s: %w", was.ID, err)
	}
	return viewAll(all), nil
}
