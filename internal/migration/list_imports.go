package migration

import (
	"context"

	"backoffice/internal/op"
)

// ListImports lists imports, the newest first.
var ListImports = op.Op[Ports, op.PageOf, op.Records[Import]]{
	Spec: op.Spec{
		ID: "migration.list-imports", Kind: op.Query, Route: "GET /migration/v1/imports", Permission: "imports.read",
		Summary: "List imports",
		Access:  []op.Access{{Table: Table, Do: op.List}},
		Example: op.Example{Given: []string{"migration.create-import"}, Query: "limit=20"},
	},
	Handle: listImports,
}

func listImports(ctx context.Context, c *op.Call, d Ports, in op.PageOf) (op.Records[Import], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[Import]{}, err
	}
	c.Shared()
	var out []Import
	for {
		all, next, err := d.Imports.Imports(ctx, c.Tenant, in.Size()-len(out), after)
		if err != nil {
			return op.Records[Import]{}, err
		}
		for _, i := range all {
			if c.Within(i.Entity) == nil {
				out = append(out, i)
			}
		}
		if after = next; next == nil || len(out) == in.Size() {
			return op.NewRecords(c, in, out, next), nil
		}
	}
}
