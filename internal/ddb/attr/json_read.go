package attr

import (
	"encoding/base64"
	"errors"
	"strings"
	"sync"

	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/num"
	"backoffice/internal/ddb/wire"
)

const (
	// nestingMax is how deep lists and maps may lie in one another.
	nestingMax = 32
	// nameBytesMax bounds an attribute's name.
	nameBytesMax = 65535
)

// fieldRoom keeps room for fields that are being read, for their number is
// known only at the end.
var fieldRoom sync.Pool

// ReadItem takes a JSON object of names and values.
func ReadItem(r *wire.Reader) Item { return readItem(r, 0) }

func readItem(r *wire.Reader, depth int) Item {
	room, _ := fieldRoom.Get().(*Item)
	if room == nil {
		room = new(Item)
	}
	it := (*room)[:0]
	for r.OpenObject(); r.Next('}'); {
		name := r.Key()
		switch {
		case name == "" && depth == 0:
			r.Fail(awserr.Invalid("Empty attribute name"))
		case len(name) > nameBytesMax:
			r.Fail(awserr.Invalid("Attribute name is too large, must be less than 65536 bytes"))
		}
		it = append(it, Field{name, readValue(r, depth)})
	}
	out := sorted(it)
	clear(it) // it must not hold on to the body
	*room = it
	fieldRoom.Put(room)
	return out
}

// ReadValue takes one value, such as {"S":"text"}.
func ReadValue(r *wire.Reader) Value { return readValue(r, 0) }

func readValue(r *wire.Reader, depth int) Value {
	var v Value
	if r.Peek() != '{' {
		r.Fail(awserr.Unreadable("Unexpected value type in payload"))
		return v
	}
	for r.OpenObject(); r.Next('}'); {
		t := TypeOf(r.Key())
		if t == None {
			r.Skip()
			continue
		}
		if r.Null() {
			continue
		}
		if v.Type != None {
			r.Fail(awserr.Validation("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"))
			return v
		}
		v = readTyped(r, t, depth)
	}
	if v.Type == None {
		r.Fail(awserr.Validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"))
	}
	return v
}

func readTyped(r *wire.Reader, t Type, depth int) Value {
	v := Value{Type: t}
	switch t {
	case S, N, B:
		v.Str = readScalar(r, t)
	case Bool:
		v.Bool = r.Bool()
	case Null:
		if !r.Bool() {
			r.Fail(awserr.Invalid("Null attribute value types must have the value of true"))
		}
	case SS, NS, BS:
		v.List = readSet(r, t)
	case L, M:
		if depth++; depth > nestingMax {
			r.Fail(awserr.Validation("Nesting Levels have exceeded supported limits: Attributes cannot have more than %d levels of nesting", nestingMax))
			return v
		}
		if t == M {
			v.Map = readItem(r, depth)
			break
		}
		v.List = []Value{}
		for r.OpenArray(); r.Next(']'); {
			v.List = append(v.List, readValue(r, depth))
		}
	}
	return v
}

// readScalar takes the JSON string of S, N or B and gives the value's Str.
func readScalar(r *wire.Reader, t Type) string {
	s := r.String()
	switch t {
	case N:
		n, err := ParseNumber(s)
		if err != nil && r.Err() == nil {
			r.Fail(err)
		}
		return string(n)
	case B:
		raw, err := base64.StdEncoding.Strict().DecodeString(s)
		if err != nil {
			r.Fail(awserr.Unreadable("Invalid Base64 in a binary value"))
		}
		return string(raw)
	}
	return s
}

// ParseNumber reads a number with the protocol's error.
func ParseNumber(s string) (num.Number, error) {
	n, err := num.Parse(s)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, num.ErrSyntax) && s != "":
		return "", awserr.Validation("%s: %s", err.Error(), s)
	}
	return "", awserr.Validation("%s", err.Error())
}

// readSet takes the array of a set; an empty one or a repeated member is
// refused.
func readSet(r *wire.Reader, t Type) []Value {
	var elems []Value
	for r.OpenArray(); r.Next(']'); {
		elems = append(elems, Value{Type: t.Element(), Str: readScalar(r, t.Element())})
	}
	if r.Err() != nil {
		return nil
	}
	if len(elems) == 0 {
		switch t {
		case SS:
			r.Fail(awserr.Invalid("An string set  may not be empty"))
		case NS:
			r.Fail(awserr.Invalid("An number set  may not be empty"))
		default:
			r.Fail(awserr.Invalid("Binary sets should not be empty"))
		}
		return nil
	}
	set := Set(t, elems).List
	if len(set) < len(elems) {
		r.Fail(duplicates(t, elems))
	}
	return set
}

func duplicates(t Type, elems []Value) error {
	if t != SS {
		return awserr.Invalid("Input collection of type %s contains duplicates.", t)
	}
	texts := make([]string, len(elems))
	for i, e := range elems {
		texts[i] = e.Str
	}
	return awserr.Invalid("Input collection [%s] contains duplicates.", strings.Join(texts, ", "))
}
