package finance

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// FindJournal finds a journal by its document number, or by its source and external id.
var FindJournal = op.Op[Ports, FindJournalIn, ExpandedJournal]{
	Spec: op.Spec{
		ID: "finance.find-journal", Kind: op.Query, Narrows: true, Route: "GET /finance/v1/journals/find", Permission: "journals.read",
		Summary:     "Find a journal",
		Description: "Finds a posted journal by its document number within an entity, or any journal by its source and external id. " + expandNote,
		Access:      []op.Access{{Table: Table, Do: op.Get}},
		Example:     op.Example{Given: []string{"finance.record-journal"}, Query: "entity=${finance.create-entity.id}&number=${finance.record-journal.number}"},
	},
	Handle: findJournal,
}

// FindJournalIn is the input of FindJournal.
type FindJournalIn struct {
	JournalExpand
	Entity     string `query:"entity" json:"-" required:"true" maxLength:"64" doc:"The entity whose books are searched"`
	Number     string `query:"number" json:"-" maxLength:"40" doc:"Document number"`
	Source     string `query:"source" json:"-" maxLength:"40"`
	ExternalID string `query:"externalId" json:"-" maxLength:"120"`
}

// Validate checks that the input looks for one thing.
func (in *FindJournalIn) Validate(c *fault.Collector) {
	byNumber, bySource := in.Number != "", in.Source != "" && in.ExternalID != ""
	c.Check(byNumber != bySource && (in.Source == "") == (in.ExternalID == ""), "number", RuleLookup)
}

func findJournal(ctx context.Context, c *op.Call, d Ports, in FindJournalIn) (ExpandedJournal, error) {
	if err := c.Within(in.Entity); err != nil {
		return ExpandedJournal{}, err
	}
	var id string
	var err error
	if in.Number != "" {
		id, err = d.Journals.Numbered(ctx, c.Tenant, in.Entity, in.Number)
	} else {
		id, err = d.Journals.External(ctx, c.Tenant, in.Source, in.ExternalID)
	}
	if err != nil {
		return ExpandedJournal{}, err
	}
	if id == "" {
		return ExpandedJournal{}, op.RuleNotFound.Err()
	}
	j, err := d.journal(ctx, c, JournalRef{JournalID: id})
	if err == nil && j.Entity != in.Entity {
		err = op.RuleNotFound.Err()
	}
	if err != nil {
		return ExpandedJournal{}, err
	}
	related, err := d.related(ctx, c, in.JournalExpand, j)
	return ExpandedJournal{j.View(), related}, err
}
