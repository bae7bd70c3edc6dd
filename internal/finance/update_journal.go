package finance

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// UpdateJournal changes a draft.
var UpdateJournal = op.Op[Ports, UpdateJournalIn, JournalView]{
	Spec: op.Spec{
		ID: "finance.update-journal", Kind: op.Command, Narrows: true, Route: "PATCH /finance/v1/journals/{journalId}", Permission: "journals.update", IfMatch: true,
		Summary:     "Change a draft journal",
		Description: "Changes a draft by a JSON Merge Patch; its lines are replaced as a whole. Entity, source and external id stay. A posted journal is never changed: reverse it.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Path: "journalId=${finance.create-journal.id}", Body: `{"description":"Rent, first quarter"}`},
	},
	Handle: updateJournal,
	Again:  journalAgain[UpdateJournalIn],
}

// UpdateJournalIn is the input of UpdateJournal.
type UpdateJournalIn struct {
	JournalRef
	Patch op.Merge[JournalFields] `body:"merge" json:"-"`
}

// staysWith refuses fields that would make another journal of a draft: other books, or another document of another system.
func (j Journal) staysWith(f JournalFields) error {
	c := fault.Collect()
	c.Check(f.Entity == j.Entity, "/entity", RuleJournalFixed)
	c.Check(f.Source == j.Source, "/source", RuleJournalFixed)
	c.Check(f.ExternalID == j.ExternalID, "/externalId", RuleJournalFixed)
	return c.Err()
}

func updateJournal(ctx context.Context, c *op.Call, d Ports, in UpdateJournalIn) (JournalView, error) {
	before, err := d.journal(ctx, c, in.JournalRef)
	if err != nil {
		return JournalView{}, err
	}
	if before.State != Draft {
		return JournalView{}, RuleJournalState.Err()
	}
	fields, err := in.Patch.Apply(before.fields())
	if err != nil {
		return JournalView{}, err
	}
	if err := before.staysWith(fields); err != nil {
		return JournalView{}, err
	}
	books, err := d.posting(ctx, c, fields.Entity, fields.DimensionKeys(), fields.PartyIDs()...)
	if err != nil {
		return JournalView{}, err
	}
	after, err := books.Draft(before.ID, fields, before.Kind, Hand{before.CreatedBy, before.Maker})
	if err != nil {
		return JournalView{}, err
	}
	after.Touched, after.Version = before.Touched, before.Version+1
	after = after.touchedBy(c.Maker()) // it stays its drafter's, and whoever touched it may not post it either
	d.Journals.Save(c.Act, after, before.Version)
	c.Act.Changed(after.ID, after.Version, before.View(), after.View())
	return after.View(), nil
}
