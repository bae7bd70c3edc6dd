package ddb

import (
	"context"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
)

// updateTable changes a table's settings, stream and indexes. A new index is
// filled before the call answers; writes wait meanwhile, reads do not.
func (e *Engine) updateTable(_ context.Context, body string) ([]byte, error) {
	var q updateShape
	if err := readShape(body, &q); err != nil {
		return nil, err
	}
	q.TableName = tableName(q.TableName)
	if err := checkTableName(q.TableName); err != nil {
		return nil, err
	}
	var t *table
	err := e.define(func(cat *catalog, c *commit) error {
		now, err := cat.described(q.TableName)
		if err != nil {
			return err
		}
		t = now.copy()
		if err := q.settings(t); err != nil {
			return err
		}
		if err := e.updateStream(cat, c, t, q.StreamSpecification); err != nil {
			return err
		}
		for _, u := range q.GlobalSecondaryIndexUpdates {
			if err := e.updateIndex(c, t, u, q.AttributeDefinitions); err != nil {
				return err
			}
		}
		return cat.putTable(c, t)
	})
	if err != nil {
		return nil, err
	}
	return append(e.appendTable([]byte(`{"TableDescription":`), t, "ACTIVE"), '}'), nil
}

// settings applies what needs no rows of items.
func (q *updateShape) settings(t *table) (err error) {
	if q.BillingMode == "" && q.ProvisionedThroughput == nil && q.StreamSpecification == nil &&
		q.GlobalSecondaryIndexUpdates == nil && q.DeletionProtectionEnabled == nil && q.TableClass == "" {
		return awserr.Invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	}
	if q.BillingMode != "" || q.ProvisionedThroughput != nil {
		mode := q.BillingMode
		if mode == "" {
			mode = t.Billing
		}
		if t.Billing, t.Units, err = billing(mode, q.ProvisionedThroughput); err != nil {
			return err
		}
	}
	if q.DeletionProtectionEnabled != nil {
		t.Protected = *q.DeletionProtectionEnabled
	}
	if q.TableClass != "" {
		t.Class = q.TableClass
	}
	return nil
}

func (e *Engine) updateStream(cat *catalog, c *commit, t *table, s *streamShape) error {
	if err := checkStream(s); err != nil || s == nil {
		return err
	}
	switch {
	case s.StreamEnabled && t.StreamID != 0:
		return awserr.Validation("Table already has an enabled stream: TableName: %s", t.Name)
	case !s.StreamEnabled && t.StreamID == 0:
		return awserr.Validation("Table has no stream to disable: TableName: %s", t.Name)
	case s.StreamEnabled:
		return e.startStream(cat, c, t, s.StreamViewType)
	}
	return e.stopStream(cat, c, t)
}

func (e *Engine) updateIndex(c *commit, t *table, u indexUpdateShape, shapes []attributeShape) error {
	switch {
	case u.Create != nil:
		return e.createIndex(c, t, *u.Create, shapes)
	case u.Delete != nil:
		return t.deleteIndex(c, u.Delete.IndexName)
	case u.Update != nil:
		x := t.index(u.Update.IndexName)
		if x == nil || x.Local {
			return noIndex(u.Update.IndexName)
		}
		altered := *x
		if u.Update.ProvisionedThroughput != nil {
			altered.Units = *u.Update.ProvisionedThroughput
		}
		t.Indexes[slices.Index(t.Indexes, x)] = &altered
		return nil
	}
	return awserr.Invalid("One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")
}

func noIndex(name string) error {
	return awserr.New(awserr.TypeNotFound, "Requested resource not found: Index: %s not found", name)
}

func (e *Engine) createIndex(c *commit, t *table, s indexShape, shapes []attributeShape) error {
	if t.index(s.IndexName) != nil {
		return awserr.Validation("Attempting to create an index which already exists")
	}
	defs, err := definitions(shapes)
	if err != nil {
		return err
	}
	for _, k := range append(t.indexSchemas(), t.Keys) {
		for _, d := range k.defs() {
			if was, ok := defs[d.Name]; ok && was != d.Type {
				return awserr.Invalid("Attribute %s is defined with another type already", d.Name)
			}
			defs[d.Name] = d.Type
		}
	}
	if err := t.addIndex(s, defs, false); err != nil {
		return err
	}
	n := 0
	for _, x := range t.Indexes {
		if !x.Local {
			n++
		}
	}
	if n > globalIndexesMax {
		return awserr.New(awserr.TypeLimit, "Subscriber limit exceeded: GlobalSecondaryIndex count exceeds the per-table limit of %d", globalIndexesMax)
	}
	return e.fillIndex(t, t.Indexes[len(t.Indexes)-1])
}

func (t *table) deleteIndex(c *commit, name string) error {
	x := t.index(name)
	if x == nil || x.Local {
		return noIndex(name)
	}
	t.Indexes = slices.DeleteFunc(t.Indexes, func(y *index) bool { return y == x })
	prefix := indexPrefix(nil, t.ID, x.ID)
	return c.batch.DeleteRange(prefix, successor(prefix), nil)
}

// fillBatchRows is how many rows of a new index go into one batch.
const fillBatchRows = 1000

// fillIndex makes the rows of a new index. They are written in batches of
// their own, before the definition: if the process dies between, the number of
// the index was never given, and its rows are removed when it is.
func (e *Engine) fillIndex(t *table, x *index) error {
	b := e.db.NewBatch()
	stale := indexPrefix(nil, t.ID, x.ID)
	if err := b.DeleteRange(stale, successor(stale), nil); err != nil {
		return err
	}
	err := eachRow(e.db, itemPrefix(nil, t.ID), func(key, value []byte) error {
		it, err := decodeRow(string(value))
		if err != nil {
			return err
		}
		if !indexable(x, it) {
			return nil
		}
		w := &write{tab: t, key: key}
		is, at := w.appendIndexKey(nil, x, it)
		if err := b.Set(is, binary.AppendUvarint(nil, uint64(at)), nil); err != nil {
			return err
		}
		if b.Count() < fillBatchRows {
			return nil
		}
		if err := b.Commit(pebble.NoSync); err != nil {
			return err
		}
		b = e.db.NewBatch()
		return nil
	})
	if err != nil {
		return err
	}
	// The definition's own commit is synced, and the log is in order.
	return b.Commit(pebble.NoSync)
}

// indexable reports whether an item that was there before an index belongs in
// it: one with a key of another type, or an empty one, stays out.
func indexable(x *index, it attr.Item) bool {
	for _, d := range x.Keys.defs() {
		if v := it.Get(d.Name); v.Type != d.Type || v.Str == "" {
			return false
		}
	}
	return x.Keys.checkSizes(it) == nil
}

// tagsMax bounds the tags of a table.
const tagsMax = 50

func tagMap(tags []tagShape) (map[string]string, error) {
	out := map[string]string{}
	for _, g := range tags {
		if g.Key == "" || strings.HasPrefix(strings.ToLower(g.Key), "aws:") {
			return nil, awserr.Validation("Invalid tag key: %s", g.Key)
		}
		out[g.Key] = g.Value
	}
	if len(out) > tagsMax {
		return nil, awserr.New(awserr.TypeLimit, "Too many tags: at most %d", tagsMax)
	}
	return out, nil
}
