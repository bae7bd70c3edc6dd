package ddb

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/expr"
	"backoffice/internal/ddb/wire"
)

// page is a Query or a Scan: a walk over rows of a table or an index, between
// two bounds, until the page is full.
type page struct {
	q          *request
	tab        *table
	idx        *index // nil for the table itself
	lower      []byte
	upper      []byte
	start      []byte // where the last page ended, or nil
	filter     *expr.Condition
	projection expr.Projection
	countOnly  bool
	whole      bool // answer with all attributes, though the index lacks some

	// What the walk found.
	out            []byte
	count, scanned int
	bytes          int // of what was looked at
	fetched        float64
	last           attr.Item // the key to go on after, or nil
}

// keys gives the key schema of what is walked over.
func (p *page) keys() keySchema {
	if p.idx != nil {
		return p.idx.Keys
	}
	return p.tab.Keys
}

// prefix begins all rows of what is walked over.
func (p *page) prefix() []byte {
	if p.idx != nil {
		return indexPrefix(nil, p.tab.ID, p.idx.ID)
	}
	return itemPrefix(nil, p.tab.ID)
}

// newPage checks what Query and Scan have in common; the filter and the
// projection are read by prepare, once the caller read its own expression.
func (e *Engine) newPage(q *request) (*page, error) {
	p := &page{q: q}
	if err := checkTableName(q.table); err != nil {
		return nil, err
	}
	if q.limitSet && q.limit < 1 {
		return nil, constraint("'"+strconv.FormatInt(q.limit, 10)+"'", "limit", "Member must have value greater than or equal to 1")
	}
	return p, nil
}

// expressions reads the filter and the projection.
func (p *page) expressions() (err error) {
	q := p.q
	if q.filter.set {
		if p.filter, err = expr.ParseCondition("FilterExpression", q.filter.s, &q.scope); err != nil {
			return err
		}
	}
	if q.projection.set {
		if p.projection, err = expr.ParseProjection(q.projection.s, &q.scope); err != nil {
			return err
		}
	}
	return q.scope.Check()
}

// find looks up the table and the index, and checks what they decide.
func (p *page) find(e *Engine) (err error) {
	q := p.q
	if p.tab, err = e.cat.Load().table(q.table); err != nil {
		return err
	}
	if q.index.set {
		if p.idx = p.tab.index(q.index.s); p.idx == nil {
			return awserr.Validation("The table does not have the specified index: %s", q.index.s)
		}
		if q.consistent && !p.idx.Local {
			return awserr.Validation("Consistent reads are not supported on global secondary indexes")
		}
	}
	if err := p.checkSelect(); err != nil {
		return err
	}
	return p.checkProjected()
}

func (p *page) checkSelect() error {
	switch sel := p.q.sel.s; {
	case sel == "COUNT" && p.projection != nil, sel == "ALL_ATTRIBUTES" && p.projection != nil,
		sel == "ALL_PROJECTED_ATTRIBUTES" && p.projection != nil:
		return awserr.Validation("Cannot specify the ProjectionExpression when choosing to get %s", sel)
	case sel == "SPECIFIC_ATTRIBUTES" && p.projection == nil:
		return awserr.Validation("Must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	case sel == "ALL_PROJECTED_ATTRIBUTES" && p.idx == nil:
		return awserr.Invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
	case sel == "COUNT":
		p.countOnly = true
	case sel == "ALL_ATTRIBUTES" && p.idx != nil && p.idx.Project != projectAll:
		if !p.idx.Local {
			return awserr.Invalid("Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", p.idx.Name)
		}
		p.whole = true
	}
	return nil
}

// checkProjected refuses attributes that a global index does not show; for a
// local one they are fetched from the table.
func (p *page) checkProjected() error {
	if p.idx == nil || p.idx.Project == projectAll {
		return nil
	}
	for _, name := range p.projection.Tops() {
		if p.tab.projects(p.idx, name) {
			continue
		}
		if !p.idx.Local {
			return awserr.Invalid("Global secondary index %s does not project [%s]", p.idx.Name, name)
		}
		p.whole = true
	}
	return nil
}

// startAfter puts the beginning after an ExclusiveStartKey.
func (p *page) startAfter() error {
	key := p.q.startKey
	if key == nil {
		return nil
	}
	invalid := awserr.Validation("The provided starting key is invalid")
	want := map[string]attr.Type{}
	for _, d := range append(p.keys().defs(), p.tab.Keys.defs()...) {
		want[d.Name] = d.Type
	}
	if len(key) != len(want) {
		return invalid
	}
	for _, f := range key {
		if want[f.Name] != f.Value.Type || f.Value.Str == "" {
			return awserr.Validation("The provided starting key is invalid: The provided key element does not match the schema")
		}
	}
	row, _ := p.keys().appendKey(p.prefix(), key)
	if p.idx != nil {
		row, _ = p.tab.Keys.appendKey(row, key)
	}
	p.start = row
	return nil
}

// walk fills the page.
func (p *page) walk(db *pebble.DB) error {
	var from pebble.Reader = db
	if p.idx != nil {
		snap := db.NewSnapshot()
		defer snap.Close()
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
	if err == nil && row == "" {
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
