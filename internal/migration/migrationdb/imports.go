package migrationdb

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/migration"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

const schema = 1

// importRow is an import: what is shown of it as JSON in the form of the interface, which only ever grows, and what is not.
type importRow struct {
	store.Row
	ID     string `dynamo:"id"`
	Fields string `dynamo:"f"`
	Inner  string `dynamo:"i"`
	// An import that will be cleared stands in the index under when; Cleared says that what it was made from may be gone.
	G1PK    string `dynamo:"g1pk,omitempty"`
	G1SK    string `dynamo:"g1sk,omitempty"`
	Cleared bool   `dynamo:"clr,omitempty"`
	// Taken is an attribute of its own, since a release that does not know it keeps it as it is.
	Taken string `dynamo:"tk,omitempty"`
}

// taken is what a validation has taken in, and which worksheet it was to take.
type taken struct {
	Key        string   `json:"key,omitempty"`
	Sheet      bool     `json:"sheet,omitempty"`
	Worksheet  string   `json:"worksheet,omitempty"`
	Worksheets []string `json:"worksheets,omitempty"`
}

// inner is what the interface does not show of an import.
type inner struct {
	File   migration.FileRef     `json:"file"`
	Round  int                   `json:"round"`
	Next   int                   `json:"next"`
	Chunks int                   `json:"chunks"`
	Steps  int                   `json:"steps"`
	Merged bool                  `json:"merged,omitempty"`
	Undo   *migration.UndoFields `json:"undo,omitempty"`
	Tidy   bool                  `json:"tidy,omitempty"`
}

func toImportRow(tenant string, i migration.Import, at time.Time) importRow {
	k := importKey(tenant, i.ID)
	r := importRow{Row: store.NewRow(k.PK, k.SK, schema, i.Version), ID: i.ID, Fields: encode(i), Cleared: i.ClearedAt != nil,
		Inner: encode(inner{i.File, i.Round, i.Next, i.Counts.Chunks, i.Counts.Steps, i.Merged, i.Undo, i.Tidy})}
	if t := (taken{i.File.Taken, i.File.Sheet, i.Worksheet, i.Worksheets}); t.Key != "" || t.Worksheet != "" || len(t.Worksheets) > 0 {
		r.Taken = encode(t)
	}
	if from, listed := i.ClearFrom(at); listed {
		r.G1PK, r.G1SK = dueImports().String(), clock.Format(from)
	}
	return r
}

func fromImportRow(r importRow) (migration.Import, error) {
	var i migration.Import
	var in inner
	if err := json.Unmarshal([]byte(r.Fields), &i); err != nil {
		return i, fmt.Errorf("import %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Inner), &in); err != nil {
		return i, fmt.Errorf("import %s: %w", r.ID, err)
	}
	i.File, i.Round, i.Next, i.Merged, i.Undo, i.Tidy = in.File, in.Round, in.Next, in.Merged, in.Undo, in.Tidy
	i.Counts.Chunks, i.Counts.Steps, i.Version = in.Chunks, in.Steps, r.Version
	if r.Taken != "" {
		var t taken
		if err := json.Unmarshal([]byte(r.Taken), &t); err != nil {
			return i, fmt.Errorf("import %s: %w", r.ID, err)
		}
		i.File.Taken, i.File.Sheet, i.Worksheet, i.Worksheets = t.Key, t.Sheet, t.Worksheet, t.Worksheets
	}
	return i, nil
}

// encode renders a value that always can be.
func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("migrationdb: a value cannot be encoded: " + err.Error())
	}
	return string(raw)
}

// Imports keeps imports and what is staged of them.
type Imports struct{ db *store.DB }

// New makes the store of imports.
func New(db *store.DB) *Imports { return &Imports{db: db} }

// Import reads an import.
func (s *Imports) Import(ctx context.Context, tenant, id string) (migration.Import, error) {
	r, found, err := store.Load[importRow](ctx, s.db, importKey(tenant, id))
	if err != nil {
		return migration.Import{}, err
	}
	if !found {
		return migration.Import{}, op.RuleNotFound.Err()
	}
	return fromImportRow(r)
}

// Imports lists imports, the newest first.
func (s *Imports) Imports(ctx context.Context, tenant string, limit int, after map[string]string) ([]migration.Import, map[string]string, error) {
	rows, next, err := store.Scan[importRow](ctx, s.db, store.Range{Table: table, PK: store.In(tenant, "IMP"), Newest: true, Limit: limit, After: after})
	if err != nil {
		return nil, nil, err
	}
	out := make([]migration.Import, len(rows))
	for n, r := range rows {
		if out[n], err = fromImportRow(r); err != nil {
			return nil, nil, err
		}
	}
	return out, next, nil
}

// Add puts a new import.
func (s *Imports) Add(act *op.Act, i migration.Import) {
	act.Write(store.Create(table, toImportRow(act.Tenant, i, act.At), op.ErrConflict))
}

// Save puts an import over the version that was read.
func (s *Imports) Save(act *op.Act, i migration.Import, was int) {
	act.Write(store.Replace(table, toImportRow(act.Tenant, i, act.At), was))
}

// heldRow holds the identity of an imported row.
type heldRow struct {
	store.Row
	Import string `dynamo:"imp"`
	N      int    `dynamo:"n"`
}

// Held tells which of the rows are in the books already.
func (s *Imports) Held(ctx context.Context, tenant string, rows []migration.Identity) (map[migration.Identity]bool, error) {
	found := make([]heldRow, len(rows))
	wants := make([]*store.Want, len(rows))
	for n, row := range rows {
		wants[n] = &store.Want{Key: heldKey(tenant, row), Into: &found[n]}
	}
	if err := s.db.LoadAll(ctx, wants...); err != nil {
		return nil, err
	}
	out := map[migration.Identity]bool{}
	for n, row := range rows {
		if wants[n].Found {
			out[row] = true
		}
	}
	return out, nil
}

// Hold marks a row as imported.
func (s *Imports) Hold(act *op.Act, row migration.Identity, importID string, n int) {
	k := heldKey(act.Tenant, row)
	act.Write(store.Create(table, heldRow{Row: store.NewRow(k.PK, k.SK, schema, 1), Import: importID, N: n}, op.ErrConflict))
}

// LetGo frees a row's identity, so that the row can be imported again.
func (s *Imports) LetGo(act *op.Act, row migration.Identity) {
	act.Write(store.Remove(heldKey(act.Tenant, row), 1))
}
