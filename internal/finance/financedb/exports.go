package financedb

import (
	"context"
	"encoding/json"
	"fmt"

	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

const exportSchema = 1

func exportKey(tenant, id string) store.Key {
	return store.Key{Table: table, PK: store.In(tenant, "EXP"), SK: store.At(id)}
}

// exportRow is an export: what is shown of it as JSON in the form of the interface, which only ever grows, and what its steps
// hand on to one another.
type exportRow struct {
	store.Row
	ID     string `dynamo:"id"`
	Fields string `dynamo:"f"`
	Work   string `dynamo:"w"`
}

func toExportRow(tenant string, e finance.Export) exportRow {
	k := exportKey(tenant, e.ID)
	return exportRow{Row: store.NewRow(k.PK, k.SK, exportSchema, e.Version), ID: e.ID, Fields: encoded(e), Work: encoded(e.Work)}
}

func fromExportRow(r exportRow) (finance.Export, error) {
	var e finance.Export
	if err := json.Unmarshal([]byte(r.Fields), &e); err != nil {
		return e, fmt.Errorf("export %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Work), &e.Work); err != nil {
		return e, fmt.Errorf("work of export %s: %w", r.ID, err)
	}
	e.Version = r.Version
	return e, nil
}

// encoded renders a value that always can be.
func encoded(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("financedb: a value cannot be encoded: " + err.Error())
	}
	return string(raw)
}

// Exports keeps exports.
type Exports struct{ db *store.DB }

// NewExports makes the store of exports.
func NewExports(db *store.DB) *Exports { return &Exports{db: db} }

// Export reads an export.
func (s *Exports) Export(ctx context.Context, tenant, id string) (finance.Export, error) {
	r, found, err := store.Load[exportRow](ctx, s.db, exportKey(tenant, id))
	if err != nil {
		return finance.Export{}, err
	}
	if !found {
		return finance.Export{}, op.RuleNotFound.Err()
	}
	return fromExportRow(r)
}

// Exports lists exports, the newest first.
func (s *Exports) Exports(ctx context.Context, tenant string, limit int, after map[string]string) ([]finance.Export, map[string]string, error) {
	rows, next, err := store.Scan[exportRow](ctx, s.db, store.Range{Table: table, PK: store.In(tenant, "EXP"), Newest: true, Limit: limit, After: after})
	if err != nil {
		return nil, nil, err
	}
	out := make([]finance.Export, len(rows))
	for i, r := range rows {
		if out[i], err = fromExportRow(r); err != nil {
			return nil, nil, err
		}
	}
	return out, next, nil
}

// Add puts a new export.
func (s *Exports) Add(act *op.Act, e finance.Export) {
	act.Write(store.Create(table, toExportRow(act.Tenant, e), op.ErrConflict))
}

// Save puts an export over the version that was read.
func (s *Exports) Save(act *op.Act, e finance.Export, was int) {
	act.Write(store.Replace(table, toExportRow(act.Tenant, e), was))
}
