package finance

import (
	"context"

	"backoffice/internal/op"
)

// ListDraftJournals lists an entity's draft journals by date.
var ListDraftJournals = op.Op[Ports, ListDraftJournalsIn, JournalPage]{
	Spec: op.Spec{
		ID: "finance.list-draft-journals", Kind: op.Query, Narrows: true, Route: "GET /finance/v1/journals", Permission: "journals.read",
		Summary:     "List draft journals",
		Description: "Lists the drafts of an entity by date. Posted journals are in the report journal-listing. " + expandNote,
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List, Indexes: "gsi1"}},
		Example:     op.Example{Given: []string{"finance.create-journal"}, Query: "entity=${finance.create-entity.id}&state=draft"},
	},
	Handle: listDraftJournals,
}

// ListDraftJournalsIn is the input of ListDraftJournals.
type ListDraftJournalsIn struct {
	op.PageOf
	JournalExpand
	Entity string `query:"entity" json:"-" required:"true" maxLength:"64" doc:"The entity whose drafts are listed"`
	State  string `query:"state" json:"-" required:"true" enum:"draft" doc:"Only drafts are listed here"`
}

func listDraftJournals(ctx context.Context, c *op.Call, d Ports, in ListDraftJournalsIn) (JournalPage, error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return JournalPage{}, err
	}
	if _, err := d.entity(ctx, c, in.Entity); err != nil {
		return JournalPage{}, err
	}
	rows, next, err := d.Journals.Drafts(ctx, c.Tenant, in.Entity, in.Size(), after)
	mine := rows[:0]
	for _, j := range rows {
		if c.Concerns(j.Maker) == nil {
			mine = append(mine, j)
		}
	}
	if err != nil {
		return JournalPage{}, err
	}
	related, err := d.related(ctx, c, in.JournalExpand, mine...)
	return JournalPage{op.NewRecords(c, in.PageOf, viewAll(mine), next), related}, err
}
