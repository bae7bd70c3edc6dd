package finance

import (
	"context"
	"fmt"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// RecordJournals posts several journals of one entity as one act: all of them or none.
var RecordJournals = op.Op[Ports, RecordJournalsIn, JournalBatch]{
	Spec: op.Spec{
		ID: "finance.record-journals", Kind: op.Command, Route: "POST /finance/v1/journals/record-batch", Status: 201, Permission: "journals.record",
		Summary:     "Record journals in bulk",
		Description: "Posts up to 49 journals of one entity in one transaction: all of them or none. Larger sets are an import.",
		Uses:        []*op.Contribution{&Posting},
		BodyMax:     4 << 20,
		Example: op.Example{Given: []string{"finance.open-fiscal-year"}, Body: `{"journals":[{"entity":"${finance.create-entity.id}","date":"2026-04-30","description":"Water",` +
			`"lines":[{"account":"7200","debit":{"amount":"80.00","currency":"GBP"}},{"account":"2100","credit":{"amount":"80.00","currency":"GBP"}}]}]}`},
	},
	Handle: recordJournals,
	Again:  recordJournalsAgain,
}

// RecordJournalsIn is the input of RecordJournals.
type RecordJournalsIn struct {
	Journals []JournalFields `json:"journals" minItems:"1" maxItems:"49"`
}

// Validate checks what needs no store.
func (in *RecordJournalsIn) Validate(c *fault.Collector) {
	for i := range in.Journals {
		in.Journals[i].Validate(c.At("/journals/%d", i))
	}
}

// JournalBatch is what a bulk posting made.
type JournalBatch struct {
	Journals []JournalView `json:"journals"`
}

func recordJournals(ctx context.Context, c *op.Call, d Ports, in RecordJournalsIn) (JournalBatch, error) {
	posted, err := d.Post(ctx, c, General, in.Journals...)
	return viewBatch(posted), err
}

func viewBatch(all []Journal) JournalBatch {
	out := JournalBatch{Journals: []JournalView{}}
	for _, j := range all {
		out.Journals = append(out.Journals, j.View())
	}
	return out
}

func recordJournalsAgain(ctx context.Context, c *op.Call, d Ports, _ RecordJournalsIn, was op.Recorded) (JournalBatch, error) {
	all, err := d.Journals.Journals(ctx, c.Tenant, was.Records())
	if err != nil {
		return JournalBatch{}, fmt.Errorf("journals of act %s: %w", was.ID, err)
	}
	return viewBatch(all), nil
}
