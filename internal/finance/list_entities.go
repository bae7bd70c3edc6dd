package finance

import (
	"context"

	"backoffice/internal/op"
)

// ListEntities lists the tenant's entities.
var ListEntities = op.Op[Ports, ListEntitiesIn, op.Records[Entity]]{
	Spec: op.Spec{
		ID: "finance.list-entities", Kind: op.Query, Route: "GET /finance/v1/entities", Permission: "entities.read",
		Summary: "List entities",
		Access:  []op.Access{{Table: Table, Do: op.List}},
		Example: op.Example{Given: []string{"finance.create-entity"}},
	},
	Handle: listEntities,
}

// ListEntitiesIn is the input of ListEntities.
type ListEntitiesIn struct{ op.PageOf }

func listEntities(ctx context.Context, c *op.Call, d Ports, in ListEntitiesIn) (op.Records[Entity], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[Entity]{}, err
	}
	rows, next, err := d.Books.Entities(ctx, c.Tenant, in.Size(), after)
	mine := rows[:0]
	for _, e := range rows {
		if c.Within(e.ID) == nil {
			mine = append(mine, e)
		}
	}
	c.Shared()
	return op.NewRecords(c, in.PageOf, mine, next), err
}
