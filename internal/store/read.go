package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	"github.com/guregu/dynamo/v2"
)

// Load reads one item, strongly consistent; found is false when there is none. Nothing can stand at an empty key.
func Load[T any](ctx context.Context, d *DB, k Key) (row T, found bool, err error) {
	found, err = d.load(ctx, k, &row)
	if found {
		upgrade(&row)
	}
	return row, found, err
}

func (d *DB) load(ctx context.Context, k Key, into any) (found bool, err error) {
	if k.SK.text == "" {
		return false, nil
	}
	err = d.table(k.Table).Get("pk", k.PK.text).Range("sk", dynamo.Equal, k.SK.text).Consistent(true).One(ctx, into)
	if errors.Is(err, dynamo.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, callError("read "+k.Table, err)
	}
	return true, nil
}

// callError says what a failed call means: a store that does not answer may be asked again, anything else is a defect of ours.
func callError(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	var call *smithy.OperationError
	if !errors.As(err, &call) {
		return err // what came back cannot be read
	}
	return storeError(err)
}

func upgrade(row any) {
	u, ok := row.(Upgrader)
	if !ok {
		return
	}
	if i, ok := row.(Item); ok {
		u.Upgrade(i.head().Schema)
	}
}

// Want is one item of a joint read: where it is, and where it goes. Found tells afterwards whether it was there.
type Want struct {
	Key   Key
	Into  any // pointer to a row
	Found bool

	raw dynamo.Item // as it is stored
}

const batchGetMax = 100

// LoadAll reads any number of items of any tables, strongly consistent, in as few round trips as there are hundreds.
func (d *DB) LoadAll(ctx context.Context, wants ...*Want) error {
	byTarget := map[string][]*Want{}
	var keys []Key
	for _, w := range wants {
		t := w.Key.target()
		if byTarget[t] == nil && w.Key.SK.text != "" {
			keys = append(keys, w.Key)
		}
		byTarget[t] = append(byTarget[t], w)
	}
	for start := 0; start < len(keys); start += batchGetMax {
		if err := d.loadBatch(ctx, keys[start:min(start+batchGetMax, len(keys))], byTarget); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) loadBatch(ctx context.Context, keys []Key, byTarget map[string][]*Want) error {
	bg := d.table(keys[0].Table).Batch("pk", "sk").Get(dynamo.Keys{keys[0].PK.text, keys[0].SK.text})
	for _, k := range keys[1:] {
		bg.FromRange(d.table(k.Table), "pk", "sk", dynamo.Keys{k.PK.text, k.SK.text})
	}
	var table string
	iter := bg.Consistent(true).IterWithTable(&table)
	var item dynamo.Item
	for iter.Next(ctx, &item) {
		var head Row
		if err := dynamo.UnmarshalItem(item, &head); err != nil {
			return err
		}
		target := Key{Table: table[len(d.prefix)+1:], PK: Partition{head.PK}, SK: Sort{head.SK}}.target()
		for _, w := range byTarget[target] {
			if err := dynamo.UnmarshalItem(item, w.Into); err != nil {
				return fmt.Errorf("read %s: %w", w.Key.Table, err)
			}
			upgrade(w.Into)
			w.Found, w.raw = true, item
		}
		item = nil
	}
	if err := iter.Err(); err != nil && !errors.Is(err, dynamo.ErrNotFound) {
		return callError("batch read", err)
	}
	return nil
}

// Range is a query of one partition.
type Range struct {
	Table string
	Index string // "" for the table itself
	PK    Partition
	// At most one of the following bounds the sort key; none takes the whole partition.
	Prefix   *Sort
	From, To *Sort             // inclusive
	Newest   bool              // descending
	After    map[string]string // position after which to go on, as Position gave it
	Limit    int               // rows at most; 0 for all
	Eventual bool              // allow eventually consistent reads, at half the price (indexes always are)
}

// Scan reads the rows of a range, paging until the limit or the end; next is the position to go on from, nil at the end.
func Scan[T any](ctx context.Context, d *DB, r Range) (rows []T, next map[string]string, err error) {
	hash, sort := "pk", "sk"
	if r.Index != "" {
		hash, sort = indexKeys[r.Index], indexSorts[r.Index]
	}
	q := d.table(r.Table).Get(hash, r.PK.text)
	switch {
	case r.Prefix != nil:
		q.Range(sort, dynamo.BeginsWith, r.Prefix.text)
	case r.From != nil && r.To != nil:
		q.Range(sort, dynamo.Between, r.From.text, r.To.text)
	case r.From != nil:
		q.Range(sort, dynamo.GreaterOrEqual, r.From.text)
	case r.To != nil:
		q.Range(sort, dynamo.LessOrEqual, r.To.text)
	}
	if r.Index != "" {
		q.Index(r.Index)
	} else {
		q.Consistent(!r.Eventual)
	}
	if r.Newest {
		q.Order(dynamo.Descending)
	}
	if r.After != nil {
		q.StartFrom(toPagingKey(r.After))
	}
	if r.Limit > 0 {
		q.Limit(r.Limit)
	}
	last, err := q.AllWithLastEvaluatedKey(ctx, &rows)
	if err != nil {
		return nil, nil, callError("query "+r.Table, err)
	}
	for i := range rows {
		upgrade(&rows[i])
	}
	if r.Limit > 0 && last != nil {
		next = fromPagingKey(last)
	}
	return rows, next, nil
}

var indexSorts = map[string]string{IndexG1: "g1sk", IndexPending: "pat"}
