package platform

import (
	"context"

	"backoffice/internal/op"
)

// ListPeople lists the people within the caller's reach.
var ListPeople = op.Op[Ports, op.PageOf, op.Records[Person]]{
	Spec: op.Spec{
		ID: "platform.list-people", Kind: op.Query, Route: "GET /platform/v1/people", Permission: "people.read",
		Summary: "List people",
		Access:  []op.Access{{Table: Table, Do: op.List}},
		Narrows: true,
		Example: op.Example{Query: "limit=20"},
	},
	Handle: listPeople,
}

func listPeople(ctx context.Context, c *op.Call, d Ports, in op.PageOf) (op.Records[Person], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[Person]{}, err
	}
	within := reach(c)
	read := func(p Page) ([]Person, map[string]string, error) { return d.People.People(ctx, c.Tenant, p) }
	people, next, err := kept(in, after, read, func(p Person) bool { return covers(within, p.ID) })
	if err != nil {
		return op.Records[Person]{}, err
	}
	return op.NewRecords(c, in, people, next), nil
}
