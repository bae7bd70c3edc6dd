package attr

import (
	"encoding/binary"
	"errors"

	"backoffice/internal/ddb/num"
	"backoffice/internal/ddb/wire"
)

// ErrCorrupt is what stored bytes give that no writer of ours wrote.
var ErrCorrupt = errors.New("ddb: stored item is corrupt")

// AppendBinary appends the stored form of the item: the number of its fields,
// then each field's name and value. Equal items have equal bytes.
func (it Item) AppendBinary(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(it)))
	for i := range it {
		dst = appendText(dst, it[i].Name)
		dst = it[i].Value.AppendBinary(dst)
	}
	return dst
}

func appendText(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// AppendBinary appends the stored form of the value: its type, then what the
// type needs.
func (v Value) AppendBinary(dst []byte) []byte {
	dst = append(dst, byte(v.Type))
	switch v.Type {
	case S, B:
		return appendText(dst, v.Str)
	case N:
		return append(dst, v.Str...)
	case Bool:
		if v.Bool {
			return append(dst, 1)
		}
		return append(dst, 0)
	case Null:
		return dst
	case M:
		return v.Map.AppendBinary(dst)
	}
	dst = binary.AppendUvarint(dst, uint64(len(v.List)))
	for i := range v.List {
		switch v.Type {
		case L:
			dst = v.List[i].AppendBinary(dst)
		case NS:
			dst = append(dst, v.List[i].Str...)
		default:
			dst = appendText(dst, v.List[i].Str)
		}
	}
	return dst
}

// cursor walks over stored bytes; bad sticks.
type cursor struct {
	s   string
	bad bool
}

func (c *cursor) uvarint() int {
	var x uint64
	for shift := 0; shift < 35 && len(c.s) > 0; shift += 7 {
		b := c.s[0]
		c.s = c.s[1:]
		x |= uint64(b&0x7F) << shift
		if b < 0x80 {
			return int(x)
		}
	}
	c.bad = true
	return 0
}

// count is a number of things to come, each of at least one byte.
func (c *cursor) count() int {
	n := c.uvarint()
	if n > len(c.s) {
		c.bad = true
		return 0
	}
	return n
}

func (c *cursor) take(n int) string {
	if n > len(c.s) || n < 0 {
		c.bad = true
		return ""
	}
	out := c.s[:n]
	c.s = c.s[n:]
	return out
}

func (c *cursor) text() string { return c.take(c.uvarint()) }

func (c *cursor) number() string {
	n := num.Len(c.s)
	if n == 0 {
		c.bad = true
		return ""
	}
	return c.take(n)
}

func (c *cursor) typ() Type {
	if s := c.take(1); s != "" {
		return Type(s[0])
	}
	return None
}

// scalar takes the Str of a value of type S, N or B.
func (c *cursor) scalar(t Type) string {
	if t == N {
		return c.number()
	}
	return c.text()
}

// DecodeItem reads the stored form of an item, which must be all of s. The
// item shares the memory of s.
func DecodeItem(s string) (Item, error) {
	c := cursor{s: s}
	it := c.item(0)
	if c.bad || c.s != "" {
		return nil, ErrCorrupt
	}
	return it, nil
}

func (c *cursor) item(depth int) Item {
	n := c.count()
	it := make(Item, 0, n)
	for ; n > 0 && !c.bad; n-- {
		name := c.text()
		it = append(it, Field{name, c.value(depth)})
	}
	return it
}

func (c *cursor) value(depth int) Value {
	v := Value{Type: c.typ()}
	if depth > nestingMax {
		c.bad = true
		return v
	}
	switch v.Type {
	case S, N, B:
		v.Str = c.scalar(v.Type)
	case Bool:
		v.Bool = c.take(1) == "\x01"
	case Null:
	case M:
		v.Map = c.item(depth + 1)
	case L, SS, NS, BS:
		n := c.count()
		v.List = make([]Value, 0, n)
		for ; n > 0 && !c.bad; n-- {
			if v.Type == L {
				v.List = append(v.List, c.value(depth+1))
			} else {
				t := v.Type.Element()
				v.List = append(v.List, Value{Type: t, Str: c.scalar(t)})
			}
		}
	default:
		c.bad = true
	}
	return v
}

// AppendStoredJSON appends the JSON of an item from its stored form, without
// making the item.
func AppendStoredJSON(dst []byte, s string) ([]byte, error) {
	c := cursor{s: s}
	dst = c.itemJSON(dst, 0)
	if c.bad || c.s != "" {
		return dst, ErrCorrupt
	}
	return dst, nil
}

func (c *cursor) itemJSON(dst []byte, depth int) []byte {
	dst = append(dst, '{')
	for n := c.count(); n > 0 && !c.bad; n-- {
		dst = wire.AppendKey(dst, c.text())
		dst = c.valueJSON(dst, depth)
	}
	return append(dst, '}')
}

func (c *cursor) valueJSON(dst []byte, depth int) []byte {
	t := c.typ()
	if depth > nestingMax {
		c.bad = true
		return dst
	}
	dst = appendTypeKey(dst, t)
	switch t {
	case S, N, B:
		dst = appendScalar(dst, t, c.scalar(t))
	case Bool:
		dst = appendBool(dst, c.take(1) == "\x01")
	case Null:
		dst = appendBool(dst, true)
	case M:
		dst = c.itemJSON(dst, depth+1)
	case L, SS, NS, BS:
		dst = append(dst, '[')
		for n := c.count(); n > 0 && !c.bad; n-- {
			dst = wire.AppendComma(dst)
			if t == L {
				dst = c.valueJSON(dst, depth+1)
			} else {
				dst = appendScalar(dst, t.Element(), c.scalar(t.Element()))
			}
		}
		dst = append(dst, ']')
	default:
		c.bad = true
	}
	return append(dst, '}')
}
