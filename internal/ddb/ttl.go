package ddb

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

const (
	// ttlAgeMax is how long ago an item may have expired and still be removed:
	// AWS takes an older time for a mistake.
	ttlAgeMax = 5 * 365 * 24 * time.Hour
	// sweepBatchMax is how many rows one commit of a sweep removes.
	sweepBatchMax = 100
)

// errStop ends a walk over rows.
var errStop = errors.New("stop")

// expiry gives the second at which an item expires, 0 for never.
func (t *table) expiry(it attr.Item) int64 {
	if t.TTL == "" || it == nil {
		return 0
	}
	v := it.Get(t.TTL)
	if v.Type != attr.N || v.Num().Negative() {
		return 0
	}
	second, ok := v.Num().Floor64()
	if !ok {
		return 0
	}
	return second
}

// expiryKey gives the key of the row that says when an item expires.
func expiryKey(t *table, second int64, itemKey []byte) []byte {
	k := binary.BigEndian.AppendUint64(expiryPrefix(nil, t.ID), uint64(second))
	return append(k, itemKey[itemPrefixBytes:]...)
}

// stageExpiry moves an item among those that expire.
func (c *commit) stageExpiry(w *write) {
	was, is := w.tab.expiry(w.old), w.tab.expiry(w.new)
	if was == is {
		return
	}
	if was != 0 {
		c.rows = append(c.rows, stagedRow{key: expiryKey(w.tab, was, w.key), gone: true})
	}
	if is != 0 {
		c.rows = append(c.rows, stagedRow{key: expiryKey(w.tab, is, w.key)})
	}
}

// SweepTTL removes items that have expired and tells how many; with them go
// changes and tokens that are too old to be asked for. The engine does it by
// itself from time to time. Calling it again after an error goes on.
func (e *Engine) SweepTTL(ctx context.Context) (int, error) {
	if err := e.enter(); err != nil {
		return 0, err
	}
	defer e.gate.RUnlock()
	swept := 0
	for _, name := range e.cat.Load().names() {
		n, err := e.sweepTable(ctx, name)
		swept += n
		if err != nil {
			return swept, err
		}
	}
	if err := e.sweepStreams(); err != nil {
		return swept, err
	}
	return swept, e.sweepTokens()
}

func (e *Engine) sweepTable(ctx context.Context, name string) (swept int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return swept, err
		}
		found, removed, err := e.sweepSome(ctx, name)
		swept += removed
		if err != nil || found < sweepBatchMax || removed == 0 {
			return swept, err
		}
	}
}

// sweepSome removes one batch of expired items. A definition that changes
// waits for it, as for any write.
func (e *Engine) sweepSome(ctx context.Context, name string) (found, removed int, err error) {
	e.ddl.RLock()
	defer e.ddl.RUnlock()
	t := e.cat.Load().tables[name]
	if t == nil || t.TTL == "" {
		return 0, 0, nil
	}
	expired, err := e.expired(t)
	if err != nil {
		return 0, 0, err
	}
	for _, w := range expired {
		c, err := e.expire(w)
		if err != nil {
			return len(expired), removed, err
		}
		if c == nil {
			continue
		}
		if err := e.settle(c); err != nil {
			return len(expired), removed, err
		}
		removed++
	}
	return len(expired), removed, ctx.Err()
}

// expired gives deletes of some items that have expired.
func (e *Engine) expired(t *table) ([]*write, error) {
	now := e.millis() / 1000
	lower := binary.BigEndian.AppendUint64(expiryPrefix(nil, t.ID), uint64(max(0, now-int64(ttlAgeMax.Seconds()))))
	upper := binary.BigEndian.AppendUint64(expiryPrefix(nil, t.ID), uint64(now))
	it, err := e.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, err
	}
	var out []*write
	for ok := it.First(); ok && len(out) < sweepBatchMax; ok = it.Next() {
		key := append(itemPrefix(nil, t.ID), it.Key()[len(upper):]...)
		out = append(out, &write{kind: writeDelete, tab: t, key: slices.Clone(key), service: true})
	}
	return out, it.Close()
}

// expire deletes an item, unless it has been given more time meanwhile.
func (e *Engine) expire(w *write) (*commit, error) {
	unlock := e.locks.lock([][]byte{w.key})
	defer unlock()
	if err := e.readRows([]*write{w}); err != nil {
		return nil, err
	}
	if err := e.decide(w); err != nil {
		return nil, err
	}
	at := w.tab.expiry(w.old)
	if w.old == nil || at == 0 || at >= e.millis()/1000 {
		return nil, nil
	}
	w.item = w.tab.key(w.old)
	return e.stageAndApply([]*write{w})
}

// updateTimeToLive switches expiry on or off.
func (e *Engine) updateTimeToLive(_ context.Context, body string) ([]byte, error) {
	var q struct {
		TableName               string
		TimeToLiveSpecification struct {
			AttributeName string
			Enabled       bool
		}
	}
	if err := readShape(body, &q); err != nil {
		return nil, err
	}
	spec := q.TimeToLiveSpecification
	if n := len(spec.AttributeName); n < 1 || n > 255 {
		return nil, constraint("'"+spec.AttributeName+"'", "timeToLiveSpecification.attributeName", "Member must have length between 1 and 255")
	}
	err := e.define(func(cat *catalog, c *commit) error {
		now, err := cat.described(tableName(q.TableName))
		if err != nil {
			return err
		}
		t := now.copy()
		switch {
		case spec.Enabled && t.TTL == spec.AttributeName:
			return awserr.Validation("TimeToLive is already enabled")
		case spec.Enabled && t.TTL != "":
			return awserr.Validation("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.TTL)
		case !spec.Enabled && t.TTL == "":
			return awserr.Validation("TimeToLive is already disabled")
		case !spec.Enabled && t.TTL != spec.AttributeName:
			return awserr.Validation("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.TTL)
		}
		prefix := expiryPrefix(nil, t.ID)
		if err := c.batch.DeleteRange(prefix, successor(prefix), nil); err != nil {
			return err
		}
		t.TTL = ""
		if spec.Enabled {
			t.TTL = spec.AttributeName
			if err := e.fillExpiry(c, t); err != nil {
				return err
			}
		}
		return cat.putTable(c, t)
	})
	if err != nil {
		return nil, err
	}
	out := wire.AppendString([]byte(`{"TimeToLiveSpecification":{"AttributeName":`), spec.AttributeName)
	out = strconv.AppendBool(wire.AppendKey(out, "Enabled"), spec.Enabled)
	return append(out, '}', '}'), nil
}

// fillExpiry stages the rows of items that are there already.
func (e *Engine) fillExpiry(c *commit, t *table) error {
	return eachRow(e.db, itemPrefix(nil, t.ID), func(key, value []byte) error {
		it, err := decodeRow(string(value))
		if err != nil {
			return err
		}
		if at := t.expiry(it); at != 0 {
			return c.batch.Set(expiryKey(t, at, key), nil, nil)
		}
		return nil
	})
}

func (e *Engine) describeTimeToLive(_ context.Context, body string) ([]byte, error) {
	t, err := e.namedTable(body)
	if err != nil {
		return nil, err
	}
	if t.TTL == "" {
		return []byte(`{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}`), nil
	}
	out := []byte(`{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED"`)
	out = wire.AppendString(wire.AppendKey(out, "AttributeName"), t.TTL)
	return append(out, '}', '}'), nil
}
