package expr

import (
	"strings"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/num"
)

// Holds evaluates the condition on an item; nil stands for no item. A nil
// condition always holds.
func (c *Condition) Holds(it attr.Item) bool {
	if c == nil {
		return true
	}
	switch c.op {
	case opAnd:
		for _, k := range c.kids {
			if !k.Holds(it) {
				return false
			}
		}
		return true
	case opOr:
		for _, k := range c.kids {
			if k.Holds(it) {
				return true
			}
		}
		return false
	case opNot:
		return !c.kids[0].Holds(it)
	case opExists:
		return !c.args[0].path.Lookup(it).IsZero()
	case opNotExists:
		return c.args[0].path.Lookup(it).IsZero()
	}
	return c.compare(it)
}

// compare evaluates an operator on the values of its operands.
func (c *Condition) compare(it attr.Item) bool {
	v := c.args[0].eval(it)
	if v.IsZero() {
		return c.op == opNE
	}
	w := c.args[1].eval(it)
	switch c.op {
	case opEQ:
		return v.Equal(w)
	case opNE:
		return !v.Equal(w)
	case opTypeIs:
		return v.Type == attr.TypeOf(w.Str)
	case opBeginsWith:
		return v.Type == w.Type && (v.Type == attr.S || v.Type == attr.B) && strings.HasPrefix(v.Str, w.Str)
	case opContains:
		return contains(v, w)
	case opBetween:
		hi := c.args[2].eval(it)
		return comparable2(v, w) && comparable2(v, hi) && w.Str <= v.Str && v.Str <= hi.Str
	case opIn:
		for _, a := range c.args[1:] {
			if v.Equal(a.eval(it)) {
				return true
			}
		}
		return false
	}
	if !comparable2(v, w) {
		return false
	}
	switch c.op {
	case opLT:
		return v.Str < w.Str
	case opLE:
		return v.Str <= w.Str
	case opGT:
		return v.Str > w.Str
	default:
		return v.Str >= w.Str
	}
}

// comparable2 reports whether one of the values comes before the other; then
// their Str compare as they do.
func comparable2(v, w attr.Value) bool { return v.Type == w.Type && ordered(v.Type) }

// contains is the function of that name: a part of a text, a member of a set,
// an element of a list.
func contains(v, w attr.Value) bool {
	switch v.Type {
	case attr.S, attr.B:
		return v.Type == w.Type && strings.Contains(v.Str, w.Str)
	case attr.L:
		for i := range v.List {
			if v.List[i].Equal(w) {
				return true
			}
		}
		return false
	}
	return v.Type.IsSet() && v.Has(w)
}

// eval gives the operand's value, the zero Value when it has none.
func (o operand) eval(it attr.Item) attr.Value {
	switch o.kind {
	case fromValue:
		return o.val
	case fromPath:
		return o.path.Lookup(it)
	case fromSize:
	}
	v := o.val
	if o.path != nil {
		v = o.path.Lookup(it)
	}
	if v.IsZero() || !sized(v) {
		return attr.Value{}
	}
	n := len(v.Str)
	switch v.Type {
	case attr.M:
		n = len(v.Map)
	case attr.S, attr.B:
	default:
		n = len(v.List)
	}
	return attr.Number(num.FromInt(int64(n)))
}
