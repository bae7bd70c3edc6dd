package platform

import (
	"context"
	"slices"

	"backoffice/internal/civil"
	"backoffice/internal/op"
)

// ListRoles lists the built-in roles and then the tenant's own.
var ListRoles = op.Op[Ports, op.PageOf, op.Records[Role]]{
	Spec: op.Spec{
		ID: "platform.list-roles", Kind: op.Query, Route: "GET /platform/v1/roles", Permission: "roles.read",
		Summary: "List roles",
		Access:  []op.Access{{Table: Table, Do: op.List}},
		Example: op.Example{Query: "limit=20"},
	},
	Handle: listRoles,
}

// afterBuiltIn is the position of a page that ends with a built-in role: its name.
const afterBuiltIn = "builtIn"

func listRoles(ctx context.Context, c *op.Call, d Ports, in op.PageOf) (op.Records[Role], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[Role]{}, err
	}
	page := builtInsAfter(after, civil.FromTime(c.At))
	if len(page) >= in.Size() { // whether the tenant has others is for the next page to say
		page = page[:in.Size()]
		return op.NewRecords(c, in, page, map[string]string{afterBuiltIn: page[len(page)-1].ID}), nil
	}
	if _, there := after[afterBuiltIn]; there {
		after = nil
	}
	own, next, err := d.Roles.Roles(ctx, c.Tenant, Page{After: after, Limit: in.Size() - len(page)})
	if err != nil {
		return op.Records[Role]{}, err
	}
	return op.NewRecords(c, in, append(page, own...), next), nil
}

// builtInsAfter gives the built-in roles that are still to be listed.
func builtInsAfter(after map[string]string, on civil.Date) []Role {
	names := BuiltInRoles()
	if last, there := after[afterBuiltIn]; there {
		names = names[slices.Index(names, last)+1:]
	} else if after != nil {
		names = nil
	}
	var out []Role
	for _, n := range names {
		r, _ := BuiltInRole(n, on)
		out = append(out, r)
	}
	return out
}
