package expr

import (
	"slices"
	"strings"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/num"
)

// change is one place of an item and what becomes of it; the zero Value means
// that it goes.
type change struct {
	path Path
	val  attr.Value
}

// Apply gives the item after the update. All operands are read from the item
// as it was; an index counts in the list as it was. The error is one of AWS's.
func (u *Update) Apply(it attr.Item) (attr.Item, error) {
	changes := make([]change, 0, len(u.paths))
	for _, a := range u.sets {
		v, err := a.term.eval(it)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change{a.path, v})
	}
	for _, a := range u.adds {
		v, err := added(a.path.Lookup(it), a.val)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change{a.path, v})
	}
	gone := u.removes
	for _, a := range u.deletes {
		old := a.path.Lookup(it)
		v, err := without(old, a.val)
		switch {
		case err != nil:
			return nil, err
		case old.IsZero():
		case v.IsZero():
			gone = append(slices.Clone(gone), a.path)
		default:
			changes = append(changes, change{a.path, v})
		}
	}
	// Elements past a list's end are appended in the order of their indexes.
	slices.SortStableFunc(changes, func(a, b change) int { return comparePaths(a.path, b.path) })
	out := it
	var err error
	for _, c := range changes {
		if out, err = assign(out, c.path, c.val); err != nil {
			return nil, err
		}
	}
	return removeAll(it, out, gone)
}

// removeAll takes away what was there before, the ends of lists first, so that
// indexes stay true.
func removeAll(before, out attr.Item, gone []Path) (attr.Item, error) {
	gone = slices.Clone(gone)
	slices.SortFunc(gone, func(a, b Path) int { return comparePaths(b, a) })
	for _, p := range gone {
		if len(p) == 1 {
			out = out.Without(p[0].name)
			continue
		}
		parent := p[:len(p)-1].Lookup(before)
		last := p[len(p)-1]
		if last.member && parent.Type != attr.M || !last.member && parent.Type != attr.L {
			return nil, errInvalidPath
		}
		if last.into(parent).IsZero() {
			continue
		}
		var err error
		if out, err = assign(out, p, attr.Value{}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// comparePaths orders paths step by step, indexes by number.
func comparePaths(a, b Path) int {
	return slices.CompareFunc(a, b, func(s, t step) int {
		if c := strings.Compare(s.name, t.name); c != 0 {
			return c
		}
		return s.index - t.index
	})
}

// assign gives a copy of the item with the value at a path, or without it.
func assign(it attr.Item, p Path, v attr.Value) (attr.Item, error) {
	if len(p) > 1 {
		inner, err := assignIn(it.Get(p[0].name), p[1:], v)
		if err != nil {
			return nil, err
		}
		return it.With(p[0].name, inner), nil
	}
	if v.IsZero() {
		return it.Without(p[0].name), nil
	}
	return it.With(p[0].name, v), nil
}

// assignIn does the same within a value.
func assignIn(in attr.Value, p Path, v attr.Value) (attr.Value, error) {
	if p[0].member {
		if in.Type != attr.M {
			return in, errInvalidPath
		}
		m, err := assign(in.Map, p, v)
		in.Map = m
		return in, err
	}
	if in.Type != attr.L {
		return in, errInvalidPath
	}
	i := p[0].index
	if len(p) > 1 {
		if i >= len(in.List) {
			return in, errInvalidPath
		}
		inner, err := assignIn(in.List[i], p[1:], v)
		if err != nil {
			return in, err
		}
		v = inner
	}
	list := slices.Clone(in.List)
	switch {
	case v.IsZero():
		list = slices.Delete(list, i, i+1)
	case i >= len(list):
		list = append(list, v)
	default:
		list[i] = v
	}
	in.List = list
	return in, nil
}

// eval gives the value that a SET assigns.
func (t term) eval(it attr.Item) (attr.Value, error) {
	switch t.kind {
	case termValue:
		return t.val, nil
	case termPath:
		v := t.path.Lookup(it)
		if v.IsZero() {
			return v, errMissingOperand
		}
		return v, nil
	case termIfNotExists:
		if v := t.args[0].path.Lookup(it); !v.IsZero() {
			return v, nil
		}
		return t.args[1].eval(it)
	}
	a, err := t.args[0].eval(it)
	if err != nil {
		return a, err
	}
	b, err := t.args[1].eval(it)
	if err != nil {
		return b, err
	}
	if t.kind == termListAppend {
		if a.Type != attr.L || b.Type != attr.L {
			return a, errOperandType
		}
		return attr.Value{Type: attr.L, List: slices.Concat([]attr.Value{}, a.List, b.List)}, nil
	}
	if a.Type != attr.N || b.Type != attr.N {
		return a, errOperandType
	}
	if t.kind == termMinus {
		return number(num.Sub(a.Num(), b.Num()))
	}
	return number(num.Add(a.Num(), b.Num()))
}

// number wraps a sum, with the protocol's error.
func number(n num.Number, err error) (attr.Value, error) {
	if err != nil {
		return attr.Value{}, awserr.Validation("%s", err.Error())
	}
	return attr.Number(n), nil
}

// added is what ADD makes of an old value, the zero Value when there was none.
func added(old, v attr.Value) (attr.Value, error) {
	switch {
	case old.IsZero():
		return v, nil
	case old.Type != v.Type:
		return old, errOperandType
	case v.Type == attr.N:
		return number(num.Add(old.Num(), v.Num()))
	}
	return attr.Set(v.Type, slices.Concat(old.List, v.List)), nil
}

// without is what DELETE leaves of an old set, the zero Value when nothing.
func without(old, v attr.Value) (attr.Value, error) {
	if old.IsZero() {
		return old, nil
	}
	if old.Type != v.Type {
		return old, errOperandType
	}
	left := attr.Value{Type: old.Type}
	for _, e := range old.List {
		if !v.Has(e) {
			left.List = append(left.List, e)
		}
	}
	if left.List == nil {
		return attr.Value{}, nil
	}
	return left, nil
}
