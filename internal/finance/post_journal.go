package finance

import (
	"context"

	"backoffice/internal/op"
)

// PostJournal enters a draft into the books. Whoever drafted it or changed it since may not post it.
var PostJournal = op.Op[Ports, JournalRef, JournalView]{
	Spec: op.Spec{
		ID: "finance.post-journal", Kind: op.Command, Narrows: true, Route: "POST /finance/v1/journals/{journalId}/post", Permission: "journals.post", IfMatch: true,
		Summary:     "Post a journal",
		Description: "Checks balance and period, numbers the journal and posts it. Two pairs of eyes: nobody who drafted it or changed it since may post it.",
		Uses:        []*op.Contribution{&Posting},
		Example:     op.Example{Path: "journalId=${finance.create-journal.id}", OtherPerson: true},
	},
	Handle: postJournal,
	Again:  journalAgain[JournalRef],
}

func postJournal(ctx context.Context, c *op.Call, d Ports, in JournalRef) (JournalView, error) {
	before, err := d.journal(ctx, c, in)
	if err != nil {
		return JournalView{}, err
	}
	if before.State != Draft {
		return JournalView{}, RuleJournalState.Err()
	}
	if before.touched(c.Maker()) {
		return JournalView{}, RuleSameMaker.Err()
	}
	fields := before.fields()
	books, err := d.posting(ctx, c, before.Entity, fields.DimensionKeys(), fields.PartyIDs()...)
	if err != nil {
		return JournalView{}, err
	}
	checked, wrong := books.Draft(before.ID, fields, before.Kind, Hand{before.CreatedBy, before.Maker})
	checked.Version, checked.Touched = before.Version, before.Touched
	after, err := books.postDrafted(checked, wrong, c)
	if err != nil {
		return JournalView{}, err
	}
	after.Version++
	if after, err = d.give(ctx, c, books, after); err != nil {
		return JournalView{}, err
	}
	d.Journals.SavePosted(c.Act, after, before.Version, c.Maker())
	return after.View(), nil
}
