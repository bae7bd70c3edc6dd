package ddb

import (
	"context"
	"encoding/binary"
	"unsafe"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/expr"
)

// writeKind is what a write does to its item.
type writeKind byte

const (
	writePut writeKind = iota
	writeDelete
	writeUpdate
	writeCheck // looks, and changes nothing
)

// write is one write of one item, from the request to what came of it.
type write struct {
	kind   writeKind
	tab    *table
	key    []byte    // of the item's row
	item   attr.Item // what to put, or the key
	update *expr.Update
	cond   *expr.Condition
	// showFailed asks for the item when the condition fails.
	showFailed bool
	service    bool // done by the store itself, for TTL

	// What was found and what became of it; a row of "" is no item.
	oldRow, newRow string
	old, new       attr.Item
}

// changed reports whether the write makes a difference.
func (w *write) changed() bool { return w.kind != writeCheck && w.oldRow != w.newRow }

// encodeRow gives the row of an item: its size, then its stored form.
func encodeRow(it attr.Item, size int) string {
	b := binary.AppendUvarint(make([]byte, 0, size+size/8+64), uint64(size))
	b = it.AppendBinary(b)
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // nobody else has b
}

// splitRow takes a row apart.
func splitRow(row string) (size int, stored string) {
	if row == "" {
		return 0, ""
	}
	n, k := uint64(0), 0
	for shift := 0; k < len(row); shift += 7 {
		c := row[k]
		k++
		n |= uint64(c&0x7F) << shift
		if c < 0x80 {
			break
		}
	}
	return int(n), row[k:]
}

// decodeRow gives the item of a row, nil for no row.
func decodeRow(row string) (attr.Item, error) {
	if row == "" {
		return nil, nil
	}
	_, stored := splitRow(row)
	it, err := attr.DecodeItem(stored)
	if err != nil {
		return nil, storageError(err)
	}
	return it, nil
}

// decide reads the item and works out what becomes of it. The error is a
// condition that failed, or an update that cannot be done.
func (e *Engine) decide(w *write) error {
	row, err := getRow(e.db, w.key)
	if err != nil {
		return storageError(err)
	}
	w.oldRow = row
	if w.old, err = decodeRow(row); err != nil {
		return err
	}
	if !w.cond.Holds(w.old) {
		return w.conditionFailed()
	}
	switch w.kind { //nolint:exhaustive // the others make no item
	case writePut:
		w.new = w.item
	case writeUpdate:
		return w.applyUpdate()
	}
	return nil
}

func (w *write) conditionFailed() error {
	err := awserr.New(awserr.TypeConditionFailed, "The conditional request failed")
	if w.showFailed && w.old != nil {
		err.Item = w.old.AppendJSON(nil)
	}
	return err
}

func (w *write) applyUpdate() error {
	base := w.old
	if base == nil {
		base = w.item
	}
	w.new = base
	if w.update != nil {
		after, err := w.update.Apply(base)
		if err != nil {
			return err
		}
		w.new = after
	}
	if err := w.tab.checkIndexKeys(w.new); err != nil {
		return err
	}
	if w.new.TooDeep() {
		return awserr.Validation("Nesting Levels have exceeded supported limits")
	}
	size := w.new.Size()
	if size > itemBytesMax {
		return awserr.Validation("Item size to update has exceeded the maximum allowed size")
	}
	w.newRow = encodeRow(w.new, size)
	return nil
}

// stage puts into a commit what the write changes: the item's row, those of
// its indexes and of its expiry, and the change for the stream.
func (e *Engine) stage(c *commit, w *write) error {
	if !w.changed() {
		return nil
	}
	oldSize, _ := splitRow(w.oldRow)
	newSize, _ := splitRow(w.newRow)
	c.stripes = append(c.stripes, e.locks.place(w.key))
	if err := c.set(w.key, w.newRow); err != nil {
		return err
	}
	if err := c.stageIndexes(w); err != nil {
		return err
	}
	if err := c.stageExpiry(w); err != nil {
		return err
	}
	items := int64(0)
	switch {
	case w.oldRow == "":
		items = 1
	case w.newRow == "":
		items = -1
	}
	c.count(w.tab, items, int64(newSize-oldSize))
	if w.tab.stream != nil {
		c.changes = append(c.changes, newChange(w))
	}
	return nil
}

// set stages a row, or its end when the value is "".
func (c *commit) set(key []byte, value string) error {
	if value == "" {
		return c.batch.Delete(key, nil)
	}
	op := c.batch.SetDeferred(len(key), len(value))
	copy(op.Key, key)
	copy(op.Value, value)
	return op.Finish()
}

// indexKey appends to dst the key of an item's row in an index, and tells where
// in it the item's own key begins; nothing when the index does not have the
// item.
func (w *write) indexKey(dst []byte, x *index, it attr.Item) (key []byte, at int) {
	if it == nil {
		return dst[:0], 0
	}
	key, ok := x.Keys.appendKey(indexPrefix(dst[:0], w.tab.ID, x.ID), it)
	if !ok {
		return key[:0], 0
	}
	return append(key, w.key[itemPrefixBytes:]...), len(key)
}

// stageIndexes moves the item in the indexes. An index row holds no attributes
// but its key, so a change that leaves the key alone costs nothing.
func (c *commit) stageIndexes(w *write) error {
	for _, x := range w.tab.Indexes {
		was, _ := w.indexKey(c.was, x, w.old)
		is, at := w.indexKey(c.is, x, w.new)
		c.was, c.is = was, is
		if string(was) == string(is) {
			continue
		}
		if len(was) > 0 {
			if err := c.batch.Delete(was, nil); err != nil {
				return err
			}
		}
		if len(is) > 0 {
			var value [binary.MaxVarintLen64]byte
			if err := c.batch.Set(is, binary.AppendUvarint(value[:0], uint64(at)), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// run does writes that belong together: all or none.
func (e *Engine) run(ctx context.Context, writes []*write) error {
	keys := make([][]byte, len(writes))
	for i, w := range writes {
		keys[i] = w.key
	}
	if e.opt.ConflictError {
		if e.flight.begin(keys, false) != nil {
			return awserr.New(awserr.TypeConflict, "Transaction is ongoing for the item")
		}
		defer e.flight.end(keys)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := e.decideAll(keys, writes)
	if err != nil || c == nil {
		if failed := e.barrier(); failed != nil {
			return failed
		}
		return err
	}
	return e.settle(c)
}

// decideAll decides and applies under the items' locks; it gives no commit
// when nothing changed.
func (e *Engine) decideAll(keys [][]byte, writes []*write) (*commit, error) {
	unlock := e.locks.lock(keys)
	defer unlock()
	changed := false
	for _, w := range writes {
		if err := e.decide(w); err != nil {
			return nil, err
		}
		changed = changed || w.changed()
	}
	if !changed {
		return nil, nil
	}
	return e.stageAndApply(writes)
}

func (e *Engine) stageAndApply(writes []*write) (*commit, error) {
	c := e.newCommit(writes)
	for _, w := range writes {
		if err := e.stage(c, w); err != nil {
			return nil, storageError(err)
		}
	}
	if err := e.apply(c); err != nil {
		return nil, err
	}
	return c, nil
}
