package migrationdb

import (
	"context"
	"strings"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/migration"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// Due gives imports of all tenants that may be cleared.
func (s *Imports) Due(ctx context.Context, at time.Time, limit int) ([]migration.Owned, error) {
	to := store.At(clock.Format(at))
	rows, _, err := store.Scan[importRow](ctx, s.db, store.Range{Table: table, Index: store.IndexG1, PK: dueImports(), To: &to, Limit: limit})
	if err != nil {
		return nil, err
	}
	out := make([]migration.Owned, len(rows))
	for n, r := range rows {
		tenant, _, _ := strings.Cut(r.PK, "|")
		out[n] = migration.Owned{Tenant: tenant, ID: r.ID}
	}
	return out, nil
}

// Clear deletes rows of an import until there are as many as one act takes, and tells how many.
func (s *Imports) Clear(ctx context.Context, act *op.Act, i migration.Import, limit int) (int, error) {
	n := 0
	content := partKey(act.Tenant, i.ID, "FILE")
	_, inline, err := store.Load[textRow](ctx, s.db, content)
	if err != nil {
		return 0, err
	}
	if inline {
		act.Write(store.Discard(content))
		n++
	}
	for round := i.Round; round > 0 && n < limit; round-- {
		of := i
		of.Round = round
		rows, _, err := store.Scan[textRow](ctx, s.db, store.Range{Table: table, PK: roundPartition(act.Tenant, of), Limit: limit - n + 1})
		if err != nil {
			return n, err
		}
		for _, r := range rows {
			if r.SK == totalsPart && round == i.Round || n == limit {
				continue // the reconciliation of what was posted is made from the latest totals
			}
			act.Write(store.Discard(roundKey(act.Tenant, of, strings.Split(r.SK, "|")...)))
			n++
		}
	}
	return n, nil
}
