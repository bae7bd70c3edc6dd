package store

import (
	"context"
	"strings"
	"time"

	"backoffice/internal/id"
)

// Waiting is what waits for the relay in a table, over all tenants.
type Waiting struct {
	Tenants []string // that something waits for
	Acts    int
	Parked  int // acts among them that were set aside
	// Unchained is when the oldest act was committed that the audit chain lacks, Unprojected that of the oldest which the
	// projections lack; zero for none. Parked acts have a figure of their own and do not make every other one old.
	Unchained   time.Time
	Unprojected time.Time
	Held        time.Time // when the oldest rebuild began that keeps acts out of projections; zero for none
}

// Waiting tells what waits in a table. It scans the sparse index, which holds nothing but what waits: its cost grows with that,
// not with the table.
func (d *DB) Waiting(ctx context.Context, table string) (Waiting, error) {
	var rows []pendingKeyRow
	if err := d.table(table).Scan().Index(IndexPending).All(ctx, &rows); err != nil {
		return Waiting{}, callError("scan waiting acts of "+table, err)
	}
	seen := map[string]bool{}
	var out Waiting
	for _, r := range rows {
		tenant, _, _ := strings.Cut(r.PK, sep)
		if !seen[tenant] {
			seen[tenant] = true
			out.Tenants = append(out.Tenants, tenant)
		}
		if r.SK == At("A").text { // an act, and not a mark of another kind
			out.add(r, r.Pending == parkedShard(tenant).text)
		} else if by, held := strings.CutPrefix(r.At, heldMark); held {
			if at := id.Time(strings.TrimSuffix(by, projectedMark)); out.Held.IsZero() || at.Before(out.Held) {
				out.Held = at
			}
		}
	}
	return out, nil
}

func (w *Waiting) add(r pendingKeyRow, parked bool) {
	w.Acts++
	if parked {
		w.Parked++
		return
	}
	act, projected := strings.CutSuffix(r.At, projectedMark)
	at := id.Time(act)
	if w.Unchained.IsZero() || at.Before(w.Unchained) {
		w.Unchained = at
	}
	if projected && (w.Unprojected.IsZero() || at.Before(w.Unprojected)) {
		w.Unprojected = at
	}
}
