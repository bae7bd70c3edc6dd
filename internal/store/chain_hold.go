package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/guregu/dynamo/v2"

	"backoffice/internal/op"
)

// A hold keeps a tenant's acts out of its projections while they are made anew. It stands in the head of the audit chain,
// which every transaction that settles an act moves on, so that no settling under way can miss it; and in the index of waiting
// acts, so that reports count it and the relay finds it with what it reads anyway. It costs nothing where there is none.

// heldMark begins the index key of a hold: before every act.
const heldMark = "!"

// notHeld is the condition on which a part of a large act is settled: parts but the last do not move the head.
const notHeld = "attribute_not_exists(hld)"

// Hold makes the write that holds a tenant's acts out of its projections, under the id of whoever does so; a hold that is
// there passes to the new one. Acts without projections are settled as ever.
func (d *DB) Hold(ctx context.Context, table, tenant, by string) (*Write, error) {
	return d.changeHold(ctx, table, tenant, by)
}

// Release makes the write that lets the acts into the projections again. There must be a hold.
func (d *DB) Release(ctx context.Context, table, tenant string) (*Write, error) {
	return d.changeHold(ctx, table, tenant, "")
}

func (d *DB) changeHold(ctx context.Context, table, tenant, by string) (*Write, error) {
	head, found, err := Load[headRow](ctx, d, headKey(table, tenant))
	if err != nil {
		return nil, err
	}
	hk := headKey(table, tenant)
	next := headRow{Row: NewRow(hk.PK, hk.SK, chainSchema, head.Version+1), Number: head.Number, Hash: head.Hash, Held: by}
	if by != "" {
		next.Pending, next.PendingAt = PendingShard(tenant, 0).text, heldMark+by+projectedMark
	}
	if !found {
		return Create(table, next, op.ErrConflict), nil
	}
	return Replace(table, next, head.Version), nil
}

// Held gives the id of whoever holds a tenant's acts out of its projections, "" for nobody.
func (d *DB) Held(ctx context.Context, table, tenant string) (string, error) {
	head, _, err := Load[headRow](ctx, d, headKey(table, tenant))
	return head.Held, err
}

// withoutHeld drops from what waits the hold itself and, where there is one, every act that it keeps back.
func withoutHeld(rows []pendingKeyRow) []pendingKeyRow {
	held := false
	for _, r := range rows {
		held = held || strings.HasPrefix(r.At, heldMark)
	}
	if !held {
		return rows
	}
	out := rows[:0]
	for _, r := range rows {
		if !strings.HasSuffix(r.At, projectedMark) {
			out = append(out, r)
		}
	}
	return out
}

// ForgetParts makes the writes by which the acts that wait forget which of their parts were taken up, for up to limit acts:
// whoever holds has the projections discarded, and those parts with them.
func (d *DB) ForgetParts(ctx context.Context, table, tenant string, limit int) ([]*Write, error) {
	var out []*Write
	for _, shard := range allShards(tenant) {
		keys, _, err := Scan[pendingKeyRow](ctx, d, Range{Table: table, Index: IndexPending, PK: shard})
		if err != nil {
			return nil, err
		}
		rows := make([]actRow, len(keys))
		var wants []*Want
		for i, k := range keys {
			if !strings.HasPrefix(k.At, heldMark) {
				wants = append(wants, &Want{Key: Key{Table: table, PK: Partition{k.PK}, SK: Sort{k.SK}}, Into: &rows[i]})
			}
		}
		if err := d.LoadAll(ctx, wants...); err != nil {
			return nil, err
		}
		for _, w := range wants {
			if r := w.Into.(*actRow); len(r.Done) > 0 && r.Pending != "" && len(out) < limit {
				out = append(out, Mutate(w.Key, []Edit{Drop("don")}, "attribute_exists(pend)", nil, op.ErrConflict))
			}
		}
	}
	return out, nil
}

// ChainedActs gives the acts that up to limit links after a link hold and projections have taken up, in the order of the
// chain, each with the number of its link. last is the last link read. An act that is not there as it was committed is a
// BrokenChainError.
func (d *DB) ChainedActs(ctx context.Context, table, tenant string, after, limit int) (acts []PendingAct, last int, more bool, err error) {
	links, err := d.Links(ctx, table, tenant, after, limit)
	if err != nil {
		return nil, after, false, err
	}
	last = after
	for _, l := range links {
		rows, err := d.actsOf(ctx, table, tenant, l)
		if err != nil {
			return nil, last, false, err
		}
		last = l.Number
		for i, r := range rows {
			if r.Project == "" {
				continue
			}
			key := Key{Table: table, PK: Partition{tenant + sep + l.Acts[i].Key}, SK: At("A")}
			a, err := r.pending(key, tenant)
			if err != nil {
				return nil, last, false, err
			}
			a.Link = l.Number
			acts = append(acts, a)
		}
	}
	return acts, last, len(links) == limit, nil
}

// checkHead adds the condition that nobody holds to a transaction that does not move the head.
func (d *DB) checkHead(tx *dynamo.WriteTx, table, tenant string) {
	k := headKey(table, tenant)
	tx.Check(d.table(table).Check("pk", k.PK.text).Range("sk", k.SK.text).If(notHeld))
}

// errHeld asks to read the waiting acts anew: they will not be among them.
var errHeld = fmt.Errorf("store: the projections are being made anew: %w", op.ErrConflict)
