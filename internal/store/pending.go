package store

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/guregu/dynamo/v2"

	"backoffice/internal/id"
	"backoffice/internal/op"
)

// PendingAct is an act that the relay has not settled: its events may not have been published, its effects not been taken
// into the projections.
type PendingAct struct {
	Key       Key
	ID        string
	Tenant    string
	Operation string
	Principal string
	Project   string
	Records   []string
	Events    []op.Emitted
	At        string
	Done      map[int]bool // parts of a large act that have been taken up
	Link      int          // of the audit chain, where it was read from there

	result op.Ref
	hash   []byte // of the act as it was committed
}

type pendingKeyRow struct {
	PK      string `dynamo:"pk"`
	SK      string `dynamo:"sk"`
	Pending string `dynamo:"pend"`
	At      string `dynamo:"pat"`
}

// PendingActs gives up to limit acts of a tenant that wait in a table, the oldest first within each shard.
func (d *DB) PendingActs(ctx context.Context, table, tenant string, limit int) ([]PendingAct, error) {
	var keys []pendingKeyRow
	for shard := range pendingShards {
		rows, _, err := Scan[pendingKeyRow](ctx, d, Range{Table: table, Index: IndexPending, PK: PendingShard(tenant, shard), Limit: limit})
		if err != nil {
			return nil, err
		}
		keys = append(keys, rows...)
	}
	keys = withoutHeld(keys)
	sort.Slice(keys, func(i, j int) bool { return keys[i].At < keys[j].At })
	keys = keys[:min(limit, len(keys))]
	rows := make([]actRow, len(keys))
	wants := make([]*Want, len(keys))
	for i, k := range keys {
		wants[i] = &Want{Key: Key{Table: table, PK: Partition{k.PK}, SK: Sort{k.SK}}, Into: &rows[i]}
	}
	if err := d.LoadAll(ctx, wants...); err != nil {
		return nil, err
	}
	var out []PendingAct
	for i, r := range rows {
		if !wants[i].Found || r.Pending == "" {
			continue // settled since the index was read
		}
		a, err := r.pending(wants[i].Key, tenant)
		if err != nil {
			return nil, err
		}
		a.hash = actHash(wants[i].raw)
		out = append(out, a)
	}
	return out, nil
}

func (r actRow) pending(k Key, tenant string) (PendingAct, error) {
	a := PendingAct{Key: k, ID: r.ID, Tenant: tenant, Operation: r.Operation, Principal: r.Principal, Project: r.Project, At: r.At,
		Records: r.recorded().Records(), Done: map[int]bool{}, result: op.Ref{ID: r.Record, Version: r.RecordVer}}
	for _, n := range r.Done {
		a.Done[n] = true
	}
	if r.Events != "" {
		if err := json.Unmarshal([]byte(r.Events), &a.Events); err != nil {
			return a, fmt.Errorf("events of act %s: %w", r.ID, err)
		}
	}
	return a, nil
}

// Park sets an act aside that cannot be taken up: it goes on waiting and is counted, but no longer stands in the way of the
// others. Unpark gives it another try.
func (d *DB) Park(ctx context.Context, a PendingAct) error {
	err := d.table(a.Key.Table).Update("pk", a.Key.PK.text).Range("sk", a.Key.SK.text).Set("pend", parkedShard(a.Tenant).text).
		If("attribute_exists(pend)").Run(ctx)
	if err != nil && !dynamo.IsCondCheckFailed(err) {
		return storeError(fmt.Errorf("park act %s: %w", a.ID, err))
	}
	return nil
}

// Unpark lets a tenant's parked acts be tried again, and tells how many there are.
func (d *DB) Unpark(ctx context.Context, table, tenant string) (int, error) {
	rows, _, err := Scan[pendingKeyRow](ctx, d, Range{Table: table, Index: IndexPending, PK: parkedShard(tenant)})
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		shard := shardOf(strings.TrimSuffix(r.At, projectedMark))
		err := d.table(table).Update("pk", r.PK).Range("sk", r.SK).Set("pend", PendingShard(tenant, shard).text).If("attribute_exists(pend)").Run(ctx)
		if err != nil && !dynamo.IsCondCheckFailed(err) {
			return 0, storeError(fmt.Errorf("unpark: %w", err))
		}
	}
	return len(rows), nil
}

// parkedShard is the key of a tenant's parked acts in the index.
func parkedShard(tenant string) Partition { return In(tenant, "PEND", "parked") }

// CountPending tells how many acts of a tenant wait in a table to be taken into projections, and since when the oldest does.
// A hold counts as one: what is read while the projections are made anew is not whole.
func (d *DB) CountPending(ctx context.Context, table, tenant string) (n int, oldest time.Time, err error) {
	for _, shard := range allShards(tenant) {
		rows, _, err := Scan[pendingKeyRow](ctx, d, Range{Table: table, Index: IndexPending, PK: shard})
		if err != nil {
			return 0, time.Time{}, err
		}
		for _, r := range rows {
			act, projected := strings.CutSuffix(r.At, projectedMark)
			if !projected {
				continue
			}
			n++
			if at := id.Time(act); oldest.IsZero() || at.Before(oldest) {
				oldest = at
			}
		}
	}
	return n, oldest, nil
}

// allShards are the keys of the index under which a tenant's acts wait, those that were set aside among them.
func allShards(tenant string) []Partition {
	out := []Partition{parkedShard(tenant)}
	for shard := range pendingShards {
		out = append(out, PendingShard(tenant, shard))
	}
	return out
}

// Settle takes the pending marks off acts, makes the projections' writes and adds the acts to the tenant's audit chain, in one
// transaction. It gives op.ErrConflict when
// one of the acts has been settled by someone else, or the store reports a conflict: read them anew, and try again.
func (d *DB) Settle(ctx context.Context, acts []PendingAct, writes []*Write) error {
	link, err := d.nextLink(ctx, acts)
	if err != nil {
		return err
	}
	return d.settle(ctx, append(writes, link...), func(tx *dynamo.WriteTx) {
		for _, a := range acts {
			tx.Update(d.table(a.Key.Table).Update("pk", a.Key.PK.text).Range("sk", a.Key.SK.text).Remove("pend", "pat").If("attribute_exists(pend)"))
		}
	})
}

// SettlePart makes the writes of one part of a large act, and notes the part as done; the last part takes the mark off and
// adds the act to the chain.
func (d *DB) SettlePart(ctx context.Context, a PendingAct, part int, last bool, writes []*Write) error {
	if last {
		link, err := d.nextLink(ctx, []PendingAct{a})
		if err != nil {
			return err
		}
		writes = append(writes, link...)
	}
	return d.settle(ctx, writes, func(tx *dynamo.WriteTx) {
		u := d.table(a.Key.Table).Update("pk", a.Key.PK.text).Range("sk", a.Key.SK.text)
		u.AddIntsToSet("don", part).If("attribute_exists(pend) AND NOT contains(don, ?)", part)
		if last {
			u.Remove("pend", "pat")
		} else {
			d.checkHead(tx, a.Key.Table, a.Tenant)
		}
		tx.Update(u)
	})
}

func (d *DB) settle(ctx context.Context, writes []*Write, marks func(*dynamo.WriteTx)) error {
	if err := d.recallAll(ctx, writes); err != nil {
		return err
	}
	tx := d.dynamo.WriteTx()
	marks(tx)
	for _, w := range writes {
		var item dynamo.Item
		if w.item != nil {
			var err error
			if item, err = d.Over(ctx, w.key.Table, w.item, w.was); err != nil {
				return err
			}
		}
		w.add(d, tx, item)
	}
	err := tx.Run(ctx)
	if err == nil {
		return nil
	}
	return settleOutcome(err)
}
