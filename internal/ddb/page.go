package ddb

import (
	"strconv"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/expr"
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
