package migration

import (
	"context"

	"backoffice/internal/op"
)

// ListSimilarParties lists the suppliers or customers that a file writes in several ways.
var ListSimilarParties = op.Op[Ports, ImportListIn, op.Records[SimilarParties]]{
	Spec: op.Spec{
		ID: "migration.list-similar-parties", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}/similar-parties", Permission: "imports.read",
		Summary:     "List similar parties of an import",
		Description: "Names that are the same but for capitals, punctuation, spaces, LTD or LIMITED, PLC, THE, and & or AND. They are one party only if they are merged on request.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List}},
		Example:     op.Example{Given: []string{"migration.stage-rows"}, Path: "importId=${migration.create-import.id}", Query: "limit=20"},
	},
	Handle: func(ctx context.Context, c *op.Call, d Ports, in ImportListIn) (op.Records[SimilarParties], error) {
		return findings(ctx, c, d, in, func(f Findings) []SimilarParties { return f.Similar })
	},
}

// findings answers with a page of what looks doubtful.
func findings[T any](ctx context.Context, c *op.Call, d Ports, in ImportListIn, pick func(Findings) []T) (op.Records[T], error) {
	i, at, err := d.list(ctx, c, in)
	if err != nil {
		return op.Records[T]{}, err
	}
	f, err := d.Imports.Findings(ctx, c.Tenant, i)
	if err != nil {
		return op.Records[T]{}, err
	}
	all := pick(f)
	from := min(at.entry, len(all))
	end := min(from+in.Size(), len(all))
	if end == len(all) {
		return op.NewRecords(c, in.PageOf, all[from:], nil), nil
	}
	return op.NewRecords(c, in.PageOf, all[from:end], place{entry: end}.position()), nil
}
