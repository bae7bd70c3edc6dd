package migration

import (
	"context"

	"backoffice/internal/op"
)

// ListRepeatedRows lists the rows that differ in their ids at most.
var ListRepeatedRows = op.Op[Ports, ImportListIn, op.Records[RepeatedRows]]{
	Spec: op.Spec{
		ID: "migration.list-repeated-rows", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}/repeated-rows", Permission: "imports.read",
		Summary:     "List repeated rows of an import",
		Description: "Rows that have document, party, date, account, description and amount in common. They are reported, never left out: a repeat may be meant.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List}},
		Example:     op.Example{Given: []string{"migration.stage-rows"}, Path: "importId=${migration.create-import.id}", Query: "limit=20"},
	},
	Handle: func(ctx context.Context, c *op.Call, d Ports, in ImportListIn) (op.Records[RepeatedRows], error) {
		return findings(ctx, c, d, in, func(f Findings) []RepeatedRows { return f.Repeated })
	},
}
