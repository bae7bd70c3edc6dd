package migration

import (
	"context"

	"backoffice/internal/op"
)

// GetImport reads an import.
var GetImport = op.Op[Ports, ImportRef, Import]{
	Spec: op.Spec{
		ID: "migration.get-import", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}", Permission: "imports.read",
		Summary: "Read an import",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "importId=${migration.create-import.id}"},
	},
	Handle: func(ctx context.Context, c *op.Call, d Ports, in ImportRef) (Import, error) {
		return d.current(ctx, c, in)
	},
}
