package finance

import (
	"context"

	"backoffice/internal/op"
)

// ListExports lists the exports that the caller may see, the newest first.
var ListExports = op.Op[Ports, ListExportsIn, op.Records[Export]]{
	Spec: op.Spec{
		ID: "finance.list-exports", Kind: op.Query, Narrows: true, Route: "GET /finance/v1/exports", Permission: "exports.read",
		Summary:     "List exports",
		Description: "The caller's own exports, or everyone's for who may see them, the newest first.",
		Access:      []op.Access{{Table: Table, Do: op.List}},
		Example:     op.Example{Given: []string{"finance.create-export"}, Query: "limit=20"},
	},
	Handle: listExports,
}

// ListExportsIn is the input of ListExports.
type ListExportsIn struct{ op.PageOf }

// listExports reads on until the page is full, so that what others exported does not shorten it.
func listExports(ctx context.Context, c *op.Call, d Ports, in ListExportsIn) (op.Records[Export], error) {
	none := op.Records[Export]{}
	after, err := c.Position(in.Cursor)
	if err != nil {
		return none, err
	}
	c.Shared()
	var out []Export
	for {
		some, next, err := d.Exports.Exports(ctx, c.Tenant, in.Size()-len(out), after)
		if err != nil {
			return none, err
		}
		for _, e := range some {
			if e.visible(c) != nil {
				continue
			}
			if e, err = d.today(ctx, c, e); err != nil {
				return none, err
			}
			out = append(out, e)
		}
		if after = next; next == nil || len(out) == in.Size() {
			return op.NewRecords(c, in.PageOf, out, next), nil
		}
	}
}
