package migration

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// refusalsAtOnce is how many pages of rejected rows a list reads at a time.
const refusalsAtOnce = 20

// ListRowErrors lists the rejected rows of an import, each with every rule that it breaks.
var ListRowErrors = op.Op[Ports, ImportListIn, op.Records[RowErrors]]{
	Spec: op.Spec{
		ID: "migration.list-row-errors", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}/errors", Permission: "imports.read",
		Summary:     "List the rejected rows of an import",
		Description: "Each rejected row with the rules that it breaks. The error file has the rows themselves.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List}},
		Example:     op.Example{Given: []string{"migration.stage-rows"}, Path: "importId=${migration.create-import.id}", Query: "limit=20"},
	},
	Handle: listRowErrors,
}

// RowErrors is a rejected row.
type RowErrors struct {
	Row    int        `json:"row" doc:"Row number: 1 is the first below the heading of a CSV file; in a worksheet the row's own"`
	Errors []RowError `json:"errors"`
}

// RowError is one rule that a row breaks.
type RowError struct {
	Code    string `json:"code" doc:"Permanent code of the rule"`
	Message string `json:"message"`
}

func (r Refused) view() RowErrors {
	v := RowErrors{Row: r.Row, Errors: make([]RowError, len(r.Faults))}
	for n, f := range r.Faults {
		v.Errors[n] = RowError{Code: f.Code, Message: f.Message}
	}
	return v
}

func listRowErrors(ctx context.Context, c *op.Call, d Ports, in ImportListIn) (op.Records[RowErrors], error) {
	i, at, err := d.list(ctx, c, in)
	if err != nil {
		return op.Records[RowErrors]{}, err
	}
	var out []RowErrors
	for {
		pages, err := d.Imports.Refusals(ctx, c.Tenant, i, at.page, refusalsAtOnce)
		if err != nil || len(pages) == 0 {
			return op.NewRecords(c, in.PageOf, out, nil), err
		}
		for _, page := range pages {
			for k := at.within(page.Chunk); k < len(page.Rows); k++ {
				if len(out) == in.Size() {
					return op.NewRecords(c, in.PageOf, out, place{page.Chunk, k}.position()), nil
				}
				out = append(out, page.Rows[k].view())
			}
			at = place{page: page.Chunk + 1}
		}
	}
}

// refusedRows gives the faults of every rejected row, by its number.
func (d Ports) refusedRows(ctx context.Context, c *op.Call, i Import) (map[int][]fault.Field, error) {
	out := map[int][]fault.Field{}
	for from := 0; ; {
		pages, err := d.Imports.Refusals(ctx, c.Tenant, i, from, refusalsAtOnce)
		if err != nil || len(pages) == 0 {
			return out, err
		}
		for _, page := range pages {
			from = page.Chunk + 1
			for _, r := range page.Rows {
				out[r.Row] = append(out[r.Row], r.Faults...)
			}
		}
	}
}
