package migrationdb

import (
	"context"
	"encoding/json"
	"fmt"

	"backoffice/internal/migration"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// totalsPart is where an import's sums stand.
const totalsPart = "TOTALS"

// textRow is a part of an import: a JSON text, or a file's.
type textRow struct {
	store.Row
	N    int    `dynamo:"n,omitempty"`
	Text string `dynamo:"txt"`
}

func newText(k store.Key, version, n int, v any) textRow {
	return textRow{Row: store.NewRow(k.PK, k.SK, schema, version), N: n, Text: encode(v)}
}

// put adds a part that is new (version 1), or puts it over its former version.
func put(act *op.Act, row textRow) {
	if row.Version == 1 {
		act.Write(store.Create(table, row, op.ErrConflict))
		return
	}
	act.Write(store.Replace(table, row, row.Version-1))
}

// load reads a part into a value, and gives its version: 0 when there is none.
func (s *Imports) load(ctx context.Context, k store.Key, into any) (int, error) {
	r, found, err := store.Load[textRow](ctx, s.db, k)
	if err != nil || !found {
		return 0, err
	}
	if err := json.Unmarshal([]byte(r.Text), into); err != nil {
		return 0, fmt.Errorf("read %s: %w", k.SK, err)
	}
	return r.Version, nil
}

// Mapping gives the mapping that the import was made with.
func (s *Imports) Mapping(ctx context.Context, tenant, id string) (m migration.MappingFields, err error) {
	_, err = s.load(ctx, partKey(tenant, id, "MAP"), &m)
	return m, err
}

// AddMapping keeps the mapping of a new import.
func (s *Imports) AddMapping(act *op.Act, id string, m migration.MappingFields) {
	put(act, newText(partKey(act.Tenant, id, "MAP"), 1, 0, m))
}

// Content gives the file that was sent inline.
func (s *Imports) Content(ctx context.Context, tenant, id string) ([]byte, error) {
	r, _, err := store.Load[textRow](ctx, s.db, partKey(tenant, id, "FILE"))
	return []byte(r.Text), err
}

// AddContent keeps a file that was sent inline.
func (s *Imports) AddContent(act *op.Act, id, content string) {
	k := partKey(act.Tenant, id, "FILE")
	put(act, textRow{Row: store.NewRow(k.PK, k.SK, schema, 1), Text: content})
}

// Totals gives an import's sums.
func (s *Imports) Totals(ctx context.Context, tenant string, i migration.Import) (migration.Totals, error) {
	t := migration.NewTotals()
	version, err := s.load(ctx, roundKey(tenant, i, totalsPart), &t)
	t.Version = version
	return t, err
}

// SaveTotals puts the sums over the version that was read.
func (s *Imports) SaveTotals(act *op.Act, i migration.Import, t migration.Totals) {
	put(act, newText(roundKey(act.Tenant, i, totalsPart), t.Version+1, 0, t))
}

func toChunk(r textRow) (migration.Chunk, error) {
	c := migration.Chunk{N: r.N, Version: r.Version}
	if err := json.Unmarshal([]byte(r.Text), &c.Staged); err != nil {
		return c, fmt.Errorf("staged chunk %d: %w", r.N, err)
	}
	return c, nil
}

// Chunk gives a staged chunk.
func (s *Imports) Chunk(ctx context.Context, tenant string, i migration.Import, n int) (migration.Chunk, error) {
	r, found, err := store.Load[textRow](ctx, s.db, roundKey(tenant, i, "C", numbered(n)))
	if err != nil {
		return migration.Chunk{}, err
	}
	if !found {
		return migration.Chunk{}, fmt.Errorf("import %s lacks its staged chunk %d", i.ID, n)
	}
	return toChunk(r)
}

// pages reads the numbered parts of one kind from a number on.
func (s *Imports) pages(ctx context.Context, tenant string, i migration.Import, kind string, from, limit int) ([]textRow, error) {
	start, end := store.At(kind, numbered(from)), store.At(kind, "~")
	rows, _, err := store.Scan[textRow](ctx, s.db, store.Range{Table: table, PK: roundPartition(tenant, i), From: &start, To: &end, Limit: limit})
	return rows, err
}

// Chunks gives the chunks from one on.
func (s *Imports) Chunks(ctx context.Context, tenant string, i migration.Import, from, limit int) ([]migration.Chunk, error) {
	rows, err := s.pages(ctx, tenant, i, "C", from, limit)
	if err != nil {
		return nil, err
	}
	out := make([]migration.Chunk, len(rows))
	for n, r := range rows {
		if out[n], err = toChunk(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SaveChunk puts a chunk over the version that was read.
func (s *Imports) SaveChunk(act *op.Act, i migration.Import, c migration.Chunk) {
	put(act, newText(roundKey(act.Tenant, i, "C", numbered(c.N)), c.Version+1, c.N, c.Staged))
}

func toRefusals(r textRow) (migration.Refusals, error) {
	out := migration.Refusals{Chunk: r.N, Version: r.Version}
	if r.Text == "" {
		return out, nil
	}
	if err := json.Unmarshal([]byte(r.Text), &out.Rows); err != nil {
		return out, fmt.Errorf("refusals of chunk %d: %w", r.N, err)
	}
	return out, nil
}

// Refusals gives the pages of rejected rows from a chunk on.
func (s *Imports) Refusals(ctx context.Context, tenant string, i migration.Import, from, limit int) ([]migration.Refusals, error) {
	rows, err := s.pages(ctx, tenant, i, "E", from, limit)
	if err != nil {
		return nil, err
	}
	out := make([]migration.Refusals, len(rows))
	for n, r := range rows {
		if out[n], err = toRefusals(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// RefusalsOf gives the rejected rows of one chunk.
func (s *Imports) RefusalsOf(ctx context.Context, tenant string, i migration.Import, chunk int) (migration.Refusals, error) {
	r, _, err := store.Load[textRow](ctx, s.db, roundKey(tenant, i, "E", numbered(chunk)))
	if err != nil {
		return migration.Refusals{}, err
	}
	r.N = chunk
	return toRefusals(r)
}

// SaveRefusals puts a page of rejected rows over the version that was read.
func (s *Imports) SaveRefusals(act *op.Act, i migration.Import, r migration.Refusals) {
	put(act, newText(roundKey(act.Tenant, i, "E", numbered(r.Chunk)), r.Version+1, r.Chunk, r.Rows))
}

// findingsInRowMax keeps a page of findings well under the store's 400 KB.
const findingsInRowMax = 250

// Findings gives what looks doubtful.
func (s *Imports) Findings(ctx context.Context, tenant string, i migration.Import) (f migration.Findings, err error) {
	rows, err := s.pages(ctx, tenant, i, "F", 0, 0)
	if err != nil {
		return f, err
	}
	for _, r := range rows {
		var page migration.Findings
		if err := json.Unmarshal([]byte(r.Text), &page); err != nil {
			return f, fmt.Errorf("findings of import %s: %w", i.ID, err)
		}
		f.Similar, f.Repeated = append(f.Similar, page.Similar...), append(f.Repeated, page.Repeated...)
	}
	return f, nil
}

// AddFindings keeps what looks doubtful, in pages.
func (s *Imports) AddFindings(act *op.Act, i migration.Import, f migration.Findings) {
	for n := 0; len(f.Similar)+len(f.Repeated) > 0; n++ {
		page := migration.Findings{Similar: f.Similar[:min(findingsInRowMax, len(f.Similar))], Repeated: f.Repeated[:min(findingsInRowMax, len(f.Repeated))]}
		f.Similar, f.Repeated = f.Similar[len(page.Similar):], f.Repeated[len(page.Repeated):]
		put(act, newText(roundKey(act.Tenant, i, "F", numbered(n)), 1, n, page))
	}
}

// Merge gives which names are to be one party.
func (s *Imports) Merge(ctx context.Context, tenant string, i migration.Import) (m migration.Merge, err error) {
	m.Version, err = s.load(ctx, roundKey(tenant, i, "MERGE"), &m)
	return m, err
}

// SaveMerge puts which names are to be one party over the version that was read.
func (s *Imports) SaveMerge(act *op.Act, i migration.Import, m migration.Merge) {
	put(act, newText(roundKey(act.Tenant, i, "MERGE"), m.Version+1, 0, m))
}
