package ddb

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"unsafe"

	"github.com/cockroachdb/pebble/v2"

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

// readRows reads the rows that stand where the writes go; their locks are held.
// Several are read through one iterator in the order of their keys, for going
// on to the next key costs less than a search from the top.
func (e *Engine) readRows(writes []*write) (err error) {
	if len(writes) == 1 {
		if writes[0].oldRow, err = getRow(e.db, writes[0].key); err != nil {
			return storageError(err)
		}
		return nil
	}
	it, err := e.db.NewIter(&pebble.IterOptions{UseL6Filters: true})
	if err != nil {
		return storageError(err)
	}
	for _, w := range byKey(writes) {
		if w.oldRow, err = seekRow(it, w.key); err != nil {
			break
		}
	}
	if err := errors.Join(err, it.Close()); err != nil {
		return storageError(err)
	}
	return nil
}

// seekRow is getRow by an iterator. A key is its own prefix here, so the search
// asks the tables' filters and stops where the key is not.
func seekRow(it *pebble.Iterator, key []byte) (string, error) {
	if !it.SeekPrefixGE(key) {
		return "", it.Error() // the next search would forget it
	}
	value, err := it.ValueAndErr()
	return string(value), err
}

// byKey gives the writes in the order of their items' keys.
func byKey(writes []*write) []*write {
	out := slices.Clone(writes)
	slices.SortFunc(out, func(a, b *write) int { return bytes.Compare(a.key, b.key) })
	return out
}

// decide works out what becomes of an item whose row has been read. The error
// is a condition that failed, or an update that cannot be done.
func (e *Engine) decide(w *write) (err error) {
	if w.old, err = decodeRow(w.oldRow); err != nil {
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
func (e *Engine) stage(c *commit, w *write) {
	if !w.changed() {
		return
	}
	oldSize, _ := splitRow(w.oldRow)
	newSize, _ := splitRow(w.newRow)
	c.stripes = append(c.stripes, e.locks.place(w.key))
	c.rows = append(c.rows, stagedRow{key: w.key, value: w.newRow, gone: w.newRow == ""})
	c.stageIndexes(w)
	c.stageExpiry(w)
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
}

// appendIndexKey appends to dst the key of an item's row in an index, and tells
// where in it the item's own key begins; nothing when the index does not have
// the item.
func (w *write) appendIndexKey(dst []byte, x *index, it attr.Item) (out []byte, at int) {
	if it == nil {
		return dst, 0
	}
	key, ok := x.Keys.appendKey(indexPrefix(dst, w.tab.ID, x.ID), it)
	if !ok {
		return key[:len(dst)], 0
	}
	return append(key, w.key[itemPrefixBytes:]...), len(key) - len(dst)
}

// stageIndexes moves the item in the indexes. An index row holds no attributes
// but its key, so a change that leaves the key alone costs nothing.
func (c *commit) stageIndexes(w *write) {
	for _, x := range w.tab.Indexes {
		start := len(c.keys)
		was, _ := w.appendIndexKey(c.keys, x, w.old)
		end := len(was)
		is, at := w.appendIndexKey(was, x, w.new)
		c.keys = is
		was, is = is[start:end:end], is[end:len(is):len(is)]
		if string(was) == string(is) {
			c.keys = c.keys[:start]
			continue
		}
		if len(was) > 0 {
			c.rows = append(c.rows, stagedRow{key: was, gone: true})
		}
		if len(is) > 0 {
			var value [binary.MaxVarintLen64]byte
			c.rows = append(c.rows, stagedRow{key: is, value: string(binary.AppendUvarint(value[:0], uint64(at)))})
		}
	}
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
	if err := e.readRows(writes); err != nil {
		return nil, err
	}
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

// stageAll makes the commit of what the writes change.
func (e *Engine) stageAll(writes []*write) (*commit, error) {
	c := e.newCommit(writes)
	for _, w := range writes {
		e.stage(c, w)
	}
	if err := c.stageRows(); err != nil {
		return nil, storageError(err)
	}
	return c, nil
}

func (e *Engine) stageAndApply(writes []*write) (*commit, error) {
	c, err := e.stageAll(writes)
	if err != nil {
		return nil, err
	}
	if err := e.apply(c); err != nil {
		return nil, err
	}
	return c, nil
}
