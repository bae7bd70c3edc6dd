package ddb

import (
	"context"
	"slices"
	"strconv"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/expr"
	"backoffice/internal/ddb/num"
)

func numberLen(b []byte) int { return num.Len(string(b)) }

// query answers with the items of one partition, in the order of their range
// keys.
func (e *Engine) query(_ context.Context, body string) ([]byte, error) {
	q, err := readRequest(body)
	if err != nil {
		return nil, err
	}
	p, err := e.newPage(q)
	if err != nil {
		return nil, err
	}
	terms, err := q.keyTerms()
	if err != nil {
		return nil, err
	}
	if err := p.expressions(); err != nil {
		return nil, err
	}
	if err := p.find(e); err != nil {
		return nil, err
	}
	if err := p.bounds(terms); err != nil {
		return nil, err
	}
	if err := p.filterAllowed(); err != nil {
		return nil, err
	}
	if err := p.startAfter(); err != nil {
		return nil, err
	}
	// A start from another query's page would skip rows in silence.
	if p.start != nil && (slices.Compare(p.start, p.lower) < 0 || p.upper != nil && slices.Compare(p.start, p.upper) >= 0) {
		return nil, awserr.Validation("The provided starting key is outside query boundaries based on provided conditions")
	}
	if err := p.walk(e); err != nil {
		return nil, err
	}
	return p.answer(), nil
}

// keyTerms reads the key condition, in its expression or its older form.
func (q *request) keyTerms() ([]expr.KeyTerm, error) {
	switch {
	case q.keyCondition.set && q.keyConditions != nil:
		return nil, awserr.Validation("Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}")
	case q.keyConditions != nil:
		if err := q.scopeAllowed(q.filter, q.projection); err != nil {
			return nil, err
		}
		if n := len(q.keyConditions); n == 0 || n > 2 {
			return nil, awserr.Validation("Conditions can be of length 1 or 2 only")
		}
		return q.keyConditions, nil
	case !q.keyCondition.set:
		return nil, awserr.Validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	return expr.ParseKeyCondition(q.keyCondition.s, &q.scope)
}

// filterAllowed refuses a filter on the keys that the query is about.
func (p *page) filterAllowed() error {
	for _, name := range p.filter.Names() {
		if p.keys().has(name) {
			return awserr.Validation("Filter Expression can only contain non-primary key attributes: Primary key attribute: %s", name)
		}
	}
	return nil
}

// bounds turns the key condition into bounds of the rows.
func (p *page) bounds(terms []expr.KeyTerm) error {
	keys := p.keys()
	var hash, rng *expr.KeyTerm
	for i := range terms {
		switch t := &terms[i]; {
		case t.Name == keys.Hash.Name:
			hash = t
		case keys.ranged() && t.Name == keys.Range.Name:
			rng = t
		}
	}
	switch {
	case hash == nil:
		return awserr.Validation("Query condition missed key schema element: %s", keys.Hash.Name)
	case hash.Op != expr.KeyEQ:
		return awserr.Validation("Query key condition not supported")
	case len(terms) == 2 && rng == nil && keys.ranged():
		return awserr.Validation("Query condition missed key schema element: %s", keys.Range.Name)
	case len(terms) == 2 && rng == nil:
		return awserr.Validation("Query key condition not supported")
	}
	if err := checkTerm(hash, keys.Hash, hashKeyBytesMax); err != nil {
		return err
	}
	// All rows of a partition begin with its key's parts, and their range keys
	// sort as their values do, so that every condition is one stretch of rows
	// and nothing that is read is thrown away.
	prefix := appendPart(p.prefix(), hash.Values[0])
	p.lower, p.upper = prefix, successor(prefix)
	if rng == nil {
		return nil
	}
	if err := checkTerm(rng, keys.Range, rangeKeyBytesMax); err != nil {
		return err
	}
	return p.narrow(prefix, rng)
}

func checkTerm(t *expr.KeyTerm, d keyDef, bytesMax int) error {
	for _, v := range t.Values {
		if v.Type != d.Type {
			return awserr.Invalid("Condition parameter type does not match schema type")
		}
		if err := emptyKey(d.Name, v); err != nil {
			return err
		}
		if v.Size() > bytesMax {
			return awserr.Invalid("Aggregated size of all range keys has exceeded the size limit of %d bytes", bytesMax)
		}
	}
	return nil
}

// narrow applies the condition on the range key to the partition's bounds.
func (p *page) narrow(prefix []byte, t *expr.KeyTerm) error {
	at := func(v attr.Value) []byte { return appendPart(slices.Clone(prefix), v) }
	v := t.Values[0]
	switch t.Op {
	case expr.KeyEQ:
		p.lower, p.upper = at(v), successor(at(v))
	case expr.KeyLT:
		p.upper = at(v)
	case expr.KeyLE:
		p.upper = successor(at(v))
	case expr.KeyGT:
		p.lower = successor(at(v)) // past the rows of this value, of which an index may have many
	case expr.KeyGE:
		p.lower = at(v)
	case expr.KeyBetween:
		if v.Str > t.Values[1].Str {
			return awserr.Validation("The BETWEEN operator requires upper bound to be greater than or equal to lower bound")
		}
		p.lower, p.upper = at(v), successor(at(t.Values[1]))
	case expr.KeyBeginsWith:
		if v.Type == attr.N {
			return awserr.Invalid("ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type")
		}
		p.lower = appendOpenPart(slices.Clone(prefix), v.Str) // without the mark that ends a part
		p.upper = successor(p.lower)
	}
	return nil
}

// segmentsMax is how many segments a parallel scan may have.
const segmentsMax = 1_000_000

// scan answers with all items of a table or an index.
func (e *Engine) scan(_ context.Context, body string) ([]byte, error) {
	q, err := readRequest(body)
	if err != nil {
		return nil, err
	}
	q.backward = false // a scan has no order to turn round
	p, err := e.newPage(q)
	if err != nil {
		return nil, err
	}
	if err := q.checkSegments(); err != nil {
		return nil, err
	}
	if err := q.scopeAllowed(q.filter, q.projection); err != nil {
		return nil, err
	}
	if err := p.expressions(); err != nil {
		return nil, err
	}
	if err := p.find(e); err != nil {
		return nil, err
	}
	p.lower = p.prefix()
	p.upper = successor(p.lower)
	if err := p.startAfter(); err != nil {
		return nil, err
	}
	if p.start != nil && !p.inSegment(p.start) {
		return nil, awserr.Validation("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: %d Segment: %d", q.segments, q.segment)
	}
	if err := p.walk(e); err != nil {
		return nil, err
	}
	return p.answer(), nil
}

func (q *request) checkSegments() error {
	number := func(n int64) string { return "'" + strconv.FormatInt(n, 10) + "'" }
	switch {
	case q.segmentSet && !q.segmentsSet:
		return awserr.Validation("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case q.segmentsSet && !q.segmentSet:
		return awserr.Validation("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case !q.segmentsSet:
		return nil
	case q.segments < 1:
		return constraint(number(q.segments), "totalSegments", "Member must have value greater than or equal to 1")
	case q.segments > segmentsMax:
		return constraint(number(q.segments), "totalSegments", "Member must have value less than or equal to 1000000")
	case q.segment < 0:
		return constraint(number(q.segment), "segment", "Member must have value greater than or equal to 0")
	case q.segment >= q.segments:
		return awserr.Validation("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", q.segment, q.segments)
	}
	return nil
}
