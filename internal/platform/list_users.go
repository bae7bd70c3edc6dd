package platform

import (
	"context"

	"backoffice/internal/op"
)

// ListUsers lists the users within the caller's reach.
var ListUsers = op.Op[Ports, op.PageOf, op.Records[User]]{
	Spec: op.Spec{
		ID: "platform.list-users", Kind: op.Query, Route: "GET /platform/v1/users", Permission: "users.read",
		Summary: "List users",
		Access:  []op.Access{{Table: Table, Do: op.List, Indexes: "gsi1"}},
		Narrows: true,
		Example: op.Example{Query: "limit=20"},
	},
	Handle: listUsers,
}

func listUsers(ctx context.Context, c *op.Call, d Ports, in op.PageOf) (op.Records[User], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[User]{}, err
	}
	within := reach(c)
	read := func(p Page) ([]User, map[string]string, error) { return d.Users.Users(ctx, c.Tenant, p) }
	users, next, err := kept(in, after, read, func(u User) bool { return covers(within, u.Person) || u.ID == c.Principal })
	if err != nil {
		return op.Records[User]{}, err
	}
	return op.NewRecords(c, in, users, next), nil
}
