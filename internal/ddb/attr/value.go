// Package attr holds attribute values: their form in memory, the JSON of the
// protocol, their sizes and rules, and the binary form that is stored.
package attr

import (
	"slices"
	"strings"

	"backoffice/internal/ddb/num"
)

// Type is the type of a value; its number is part of the stored form.
type Type byte

// The types. None is that of the zero Value, which no item holds.
const (
	None Type = iota
	S
	N
	B
	Bool
	Null
	SS
	NS
	BS
	L
	M
)

var typeNames = [...]string{"", "S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"}

// String is the type's name in the protocol, such as "BOOL".
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "?"
}

// TypeOf gives the type with the protocol's name, or None.
func TypeOf(name string) Type {
	for i, n := range typeNames {
		if n == name {
			return Type(i)
		}
	}
	return None
}

// IsSet reports whether t is one of the three set types.
func (t Type) IsSet() bool { return t >= SS && t <= BS }

// Element is the type of a set's members, or None.
func (t Type) Element() Type {
	if t.IsSet() {
		return t - SS + S
	}
	return None
}

// Value is one attribute value. A value is never changed once made, so values
// share their parts freely.
type Value struct {
	Type Type
	Bool bool
	// Str is the text of S, the bytes of B, or the encoded form of N.
	Str string
	// List holds the elements of L, or of a set: sorted, each once.
	List []Value
	// Map holds the members of M.
	Map Item
}

// Field is a named value.
type Field struct {
	Name  string
	Value Value
}

// Item is a set of named values, sorted by name, each name once.
type Item []Field

// Num is the number of a value of type N.
func (v Value) Num() num.Number { return num.Number(v.Str) }

// Text makes a value of type S.
func Text(s string) Value { return Value{Type: S, Str: s} }

// Number makes a value of type N.
func Number(n num.Number) Value { return Value{Type: N, Str: string(n)} }

// IsZero reports whether v is no value at all.
func (v Value) IsZero() bool { return v.Type == None }

// Equal reports whether two values are the same; numbers by worth, sets by
// membership.
func (v Value) Equal(w Value) bool {
	if v.Type != w.Type || v.Bool != w.Bool || v.Str != w.Str {
		return false
	}
	return slices.EqualFunc(v.List, w.List, Value.Equal) && v.Map.Equal(w.Map)
}

// Equal reports whether two items have the same names and values.
func (it Item) Equal(other Item) bool {
	return slices.EqualFunc(it, other, func(a, b Field) bool {
		return a.Name == b.Name && a.Value.Equal(b.Value)
	})
}

// find gives the place of name, and whether it is taken.
func (it Item) find(name string) (int, bool) {
	lo, hi := 0, len(it)
	for lo < hi {
		if mid := (lo + hi) / 2; it[mid].Name < name {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(it) && it[lo].Name == name
}

// Get gives the value of a name, the zero Value when there is none.
func (it Item) Get(name string) Value {
	if i, ok := it.find(name); ok {
		return it[i].Value
	}
	return Value{}
}

// With gives a copy of it with name set to v.
func (it Item) With(name string, v Value) Item {
	i, ok := it.find(name)
	out := make(Item, len(it), len(it)+1)
	copy(out, it)
	if ok {
		out[i].Value = v
		return out
	}
	return slices.Insert(out, i, Field{name, v})
}

// Without gives a copy of it that lacks name.
func (it Item) Without(name string) Item {
	i, ok := it.find(name)
	if !ok {
		return it
	}
	return append(append(make(Item, 0, len(it)-1), it[:i]...), it[i+1:]...)
}

// insertionMax is up to how many fields sorting by insertion is the fastest.
const insertionMax = 24

// sorted gives the fields in order, of equal names the last, in memory of their
// own. Fields are large: their places are sorted, and each is moved once.
func sorted(fields Item) Item {
	var few [insertionMax]int32
	order := few[:0]
	if len(fields) > insertionMax {
		order = make([]int32, 0, len(fields))
	}
	for i := range fields {
		order = append(order, int32(i))
	}
	less := func(a, b int32) int { return strings.Compare(fields[a].Name, fields[b].Name) }
	if len(fields) > insertionMax {
		slices.SortStableFunc(order, less)
	} else {
		for i := 1; i < len(order); i++ {
			for j := i; j > 0 && fields[order[j]].Name < fields[order[j-1]].Name; j-- {
				order[j], order[j-1] = order[j-1], order[j]
			}
		}
	}
	out := make(Item, 0, len(fields))
	for i, at := range order {
		if i+1 < len(order) && fields[order[i+1]].Name == fields[at].Name {
			continue
		}
		out = append(out, fields[at])
	}
	return out
}

// NewItem makes an item of fields in any order; of equal names the last stays.
func NewItem(fields ...Field) Item { return sorted(fields) }

// Set makes a set of elements in any order; equal ones count once. The type
// must be a set's.
func Set(t Type, elems []Value) Value {
	byStr := func(a, b Value) int { return strings.Compare(a.Str, b.Str) }
	elems = slices.Clone(elems)
	slices.SortFunc(elems, byStr)
	return Value{Type: t, List: slices.CompactFunc(elems, Value.Equal)}
}

// Has reports whether the set v has the member e.
func (v Value) Has(e Value) bool {
	if v.Type.Element() != e.Type {
		return false
	}
	_, ok := slices.BinarySearchFunc(v.List, e, func(a, b Value) int { return strings.Compare(a.Str, b.Str) })
	return ok
}

// The protocol's rule for sizes: a list or map is 3 bytes and one more for
// each element, beside the elements themselves.
const (
	containerBytes = 3
	elementBytes   = 1
)

// Size is the value's share of its item's size, in bytes.
func (v Value) Size() int {
	switch v.Type {
	case S, B:
		return len(v.Str)
	case N:
		return v.Num().Size()
	case Bool, Null:
		return 1
	}
	n := 0
	for i := range v.List {
		n += v.List[i].Size()
	}
	switch v.Type {
	case L:
		n += containerBytes + elementBytes*len(v.List)
	case M:
		n += containerBytes + elementBytes*len(v.Map) + v.Map.Size()
	}
	return n
}

// Size is the item's size in bytes: its names and values.
func (it Item) Size() int {
	n := 0
	for i := range it {
		n += len(it[i].Name) + it[i].Value.Size()
	}
	return n
}

// TooDeep reports whether lists and maps lie deeper in one another than is
// allowed.
func (it Item) TooDeep() bool { return tooDeep(it, 0) }

func tooDeep(it Item, depth int) bool {
	for i := range it {
		if it[i].Value.tooDeep(depth) {
			return true
		}
	}
	return false
}

func (v Value) tooDeep(depth int) bool {
	if v.Type != L && v.Type != M {
		return false
	}
	if depth++; depth > nestingMax || tooDeep(v.Map, depth) {
		return true
	}
	for i := range v.List {
		if v.List[i].tooDeep(depth) {
			return true
		}
	}
	return false
}
