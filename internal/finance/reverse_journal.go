package finance

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// ReverseJournal undoes a posted journal by one with the signs turned.
var ReverseJournal = op.Op[Ports, ReverseJournalIn, JournalView]{
	Spec: op.Spec{
		ID: "finance.reverse-journal", Kind: op.Command, Route: "POST /finance/v1/journals/{journalId}/reverse", Status: 201, Permission: "journals.reverse", IfMatch: true,
		Summary:     "Reverse a journal",
		Description: "Posts a journal with the signs turned. Mode correct dates it as the original, whose period must be open; mode accrual dates it today, or on the date given, not before the original. The answer is the reversing journal.",
		Uses:        []*op.Contribution{&Posting},
		Example:     op.Example{Path: "journalId=${finance.record-journal.id}", Body: `{"mode":"correct","reason":"Entered twice"}`},
	},
	Handle: reverseJournal,
	Again:  journalAgain[ReverseJournalIn],
}

// reverseCorrect is the mode that keeps the original's date.
const reverseCorrect = "correct"

// ReverseJournalIn is the input of ReverseJournal.
type ReverseJournalIn struct {
	JournalRef
	Mode   string     `json:"mode" enum:"correct,accrual" doc:"correct: on the original's date; accrual: today or on the date given"`
	Date   civil.Date `json:"date,omitzero" required:"false" doc:"For mode accrual: the date, if not today"`
	Reason string     `json:"reason" minLength:"1" maxLength:"240" example:"Entered twice"`
}

// Validate checks what the schema cannot say.
func (in *ReverseJournalIn) Validate(c *fault.Collector) {
	checkBlank(c, "/reason", in.Reason)
	c.Check(in.Mode != reverseCorrect || in.Date.IsZero(), "/date", RuleReverseDate)
}

func reverseJournal(ctx context.Context, c *op.Call, d Ports, in ReverseJournalIn) (JournalView, error) {
	original, err := d.journal(ctx, c, in.JournalRef)
	if err != nil {
		return JournalView{}, err
	}
	on := original.Date
	if in.Mode != reverseCorrect {
		on = civil.FromTime(c.At)
		if !in.Date.IsZero() {
			on = in.Date
		}
	}
	if on.Before(original.Date) { // until the original's date the books would hold the undoing of what has not been done
		return JournalView{}, RuleReverseBefore.At("/date")
	}
	r, err := d.reverse(ctx, c, original, on, in.Reason)
	if err != nil {
		return JournalView{}, err
	}
	return r.View(), nil
}

// reverse posts the reversal of a journal within the act of the call. An account archived since then does not stand in the
// way: what was posted can always be undone.
func (d Ports) reverse(ctx context.Context, c *op.Call, original Journal, on civil.Date, why string) (Journal, error) {
	books, err := d.posting(ctx, c, original.Entity, nil)
	if err != nil {
		return Journal{}, err
	}
	draft, linked, err := original.Reverse(c.NewID("jrn"), on, handOf(c), why)
	if err != nil {
		return Journal{}, err
	}
	r, err := books.Post(draft, c.Principal, c.At)
	if err != nil {
		return Journal{}, err
	}
	if r, err = d.give(ctx, c, books, r); err != nil {
		return Journal{}, err
	}
	d.Journals.Add(c.Act, r)
	d.Journals.Save(c.Act, linked, original.Version)
	return r, nil
}
