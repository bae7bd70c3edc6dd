package ddb

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/wire"
)

// walk fills the page. When it is to be consistent it waits, as a consistent
// read of one item does, for the last change of the table.
func (p *page) walk(e *Engine) error {
	if err := p.fill(e.db); err != nil {
		return err
	}
	if p.q.consistent {
		return e.await(p.tab.stats.last.Load())
	}
	return nil
}

func (p *page) fill(db *pebble.DB) error {
	var from pebble.Reader = db
	if p.idx != nil { // index rows and the items they lead to must be of one moment
		snap := db.NewSnapshot()
		defer snap.Close() //nolint:errcheck // it cannot fail
		from = snap
	}
	it, err := from.NewIter(&pebble.IterOptions{LowerBound: p.lower, UpperBound: p.upper})
	if err != nil {
		return storageError(err)
	}
	p.out = append(p.out, '[')
	err = p.rows(from, it)
	p.out = append(p.out, ']')
	if e := it.Close(); err == nil && e != nil {
		err = storageError(e)
	}
	return err
}

func (p *page) rows(from pebble.Reader, it *pebble.Iterator) error {
	for ok := p.first(it); ok; ok = p.next(it) {
		if !p.inSegment(it.Key()) {
			continue
		}
		row, err := p.row(from, it)
		if err != nil {
			return err
		}
		if err := p.visit(row); err != nil {
			return err
		}
		if p.q.limitSet && int64(p.scanned) >= p.q.limit || p.bytes >= pageBytesMax {
			return p.stopAt(row)
		}
	}
	return nil
}

// first goes to where the page begins: an end of the bounds, or the row next to
// the one that the last page ended with, which may have gone since.
func (p *page) first(it *pebble.Iterator) bool {
	switch {
	case p.start == nil && p.q.backward:
		return it.Last()
	case p.start == nil:
		return it.First()
	case p.q.backward:
		return it.SeekLT(p.start)
	}
	return it.SeekGE(append(p.start[:len(p.start):len(p.start)], 0))
}

func (p *page) next(it *pebble.Iterator) bool {
	if p.q.backward {
		return it.Prev()
	}
	return it.Next()
}

// row gives the item's row that the iterator stands on or leads to.
func (p *page) row(from pebble.Reader, it *pebble.Iterator) (string, error) {
	if p.idx == nil {
		return string(it.Value()), nil
	}
	at, k := binary.Uvarint(it.Value())
	if k <= 0 || int(at) > len(it.Key()) {
		return "", storageError(attr.ErrCorrupt)
	}
	key := append(itemPrefix(make([]byte, 0, 64), p.tab.ID), it.Key()[at:]...)
	row, err := getRow(from, key)
	if err == nil && row == "" { // both are written in one batch
		err = attr.ErrCorrupt
	}
	if err != nil {
		return "", storageError(err)
	}
	return row, nil
}

// visit counts an item, and answers with it when the filter lets it through.
func (p *page) visit(row string) error {
	p.scanned++
	size, stored := splitRow(row)
	plain := p.idx == nil || p.idx.Project == projectAll
	if plain && p.filter == nil && p.projection == nil {
		p.bytes += size
		p.count++
		if p.countOnly {
			return nil
		}
		var err error
		if p.out, err = attr.AppendStoredJSON(wire.AppendComma(p.out), stored); err != nil {
			return storageError(err)
		}
		return nil
	}
	it, err := decodeRow(row)
	if err != nil {
		return err
	}
	if !plain {
		shown, _ := p.tab.view(p.idx, it)
		if size = shown.Size(); p.whole {
			p.fetched += readUnits(it.Size(), p.q.consistent)
		} else {
			it = shown
		}
	}
	p.bytes += size
	if !p.filter.Holds(it) {
		return nil
	}
	p.count++
	if !p.countOnly {
		p.out = p.projection.Apply(it).AppendJSON(wire.AppendComma(p.out))
	}
	return nil
}

// stopAt notes where the next page goes on.
func (p *page) stopAt(row string) error {
	it, err := decodeRow(row)
	if err != nil {
		return err
	}
	p.last = attr.Item{}
	for _, f := range it {
		if p.tab.Keys.has(f.Name) || p.keys().has(f.Name) {
			p.last = append(p.last, f)
		}
	}
	return nil
}

// inSegment reports whether a row is in the part of the table that a parallel
// scan asked for. All items of a partition are in one segment.
func (p *page) inSegment(key []byte) bool {
	if p.q.segments < 2 {
		return true
	}
	h := fnv.New32a()
	_, _ = h.Write(p.partition(key)) // a hash takes everything
	return int64(h.Sum32())%p.q.segments == p.q.segment
}

// partition cuts the hash part out of a row's key.
func (p *page) partition(key []byte) []byte {
	rest := key[len(p.prefix()):]
	if p.keys().Hash.Type == attr.N {
		return rest[:numberLen(rest)]
	}
	for i := 0; i+1 < len(rest); i++ {
		if rest[i] == keyEscape && rest[i+1] == keyEnd {
			return rest[:i]
		}
	}
	return rest
}

// answer gives the body of the answer.
func (p *page) answer() []byte {
	out := append(make([]byte, 0, len(p.out)+256), '{')
	if !p.countOnly {
		out = append(wire.AppendKey(out, "Items"), p.out...)
	}
	out = strconv.AppendInt(wire.AppendKey(out, "Count"), int64(p.count), 10)
	out = strconv.AppendInt(wire.AppendKey(out, "ScannedCount"), int64(p.scanned), 10)
	if p.last != nil {
		out = p.last.AppendJSON(wire.AppendKey(out, "LastEvaluatedKey"))
	}
	var use usage
	t := use.of(p.tab)
	n := readUnits(p.bytes, p.q.consistent)
	if p.idx == nil {
		t.read = n
	} else {
		t.index(p.idx).read = n
		t.read = p.fetched
	}
	out = use.appendOne(out, p.q.returnCapacity.s)
	return append(out, '}')
}
