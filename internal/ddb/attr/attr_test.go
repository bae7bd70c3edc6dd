package attr

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/ddb/wire"
)

// valueGen draws values of all types, nested a little.
func valueGen(depth int) *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		kinds := []Type{S, N, B, Bool, Null, SS, NS, BS, L, M}
		if depth == 0 {
			kinds = kinds[:8]
		}
		v := Value{Type: rapid.SampledFrom(kinds).Draw(t, "type")}
		switch v.Type {
		case S, N, B:
			v.Str = scalarGen(v.Type).Draw(t, "scalar")
		case Bool:
			v.Bool = rapid.Bool().Draw(t, "bool")
		case SS, NS, BS:
			var elems []Value
			for _, s := range rapid.SliceOfN(scalarGen(v.Type.Element()), 1, 4).Draw(t, "set") {
				elems = append(elems, Value{Type: v.Type.Element(), Str: s})
			}
			v = Set(v.Type, elems)
		case L:
			v.List = rapid.SliceOfN(valueGen(depth-1), 0, 3).Draw(t, "list")
		case M:
			v.Map = itemGen(depth-1).Draw(t, "map")
		}
		return v
	})
}

func scalarGen(typ Type) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if typ == N {
			n, err := ParseNumber(rapid.StringMatching(`-?[0-9]{1,20}(\.[0-9]{1,10})?(e-?[0-9])?`).Draw(t, "number"))
			if err != nil {
				t.Fatal(err)
			}
			return string(n)
		}
		if typ == B {
			return string(rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "bytes"))
		}
		return rapid.StringN(0, 8, -1).Draw(t, "text")
	})
}

func itemGen(depth int) *rapid.Generator[Item] {
	return rapid.Custom(func(t *rapid.T) Item {
		it := make(Item, 0)
		for _, name := range rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9_#é]{1,6}`), 0, 5).Draw(t, "names") {
			it = append(it, Field{name, valueGen(depth).Draw(t, "value")})
		}
		return NewItem(it...)
	})
}

// An item is the same after it was written and read, in each of its forms.
func TestFormsKeepTheItem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := itemGen(2).Draw(t, "item")
		text := it.AppendJSON(nil)
		r := wire.NewReader(string(text))
		read := ReadItem(r)
		if err := r.Done(); err != nil || !read.Equal(it) {
			t.Fatalf("%s is read %s: %v", text, read.AppendJSON(nil), err)
		}
		stored := it.AppendBinary(nil)
		decoded, err := DecodeItem(string(stored))
		if err != nil || !decoded.Equal(it) || string(decoded.AppendBinary(nil)) != string(stored) {
			t.Fatalf("%s is stored and read %s: %v", text, decoded.AppendJSON(nil), err)
		}
		direct, err := AppendStoredJSON(nil, string(stored))
		if err != nil || string(direct) != string(text) {
			t.Fatalf("%s is stored and written %s: %v", text, direct, err)
		}
		if decoded.Size() != it.Size() {
			t.Fatalf("size %d, then %d", it.Size(), decoded.Size())
		}
	})
}

func TestWithAndWithout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		it := itemGen(1).Draw(t, "item")
		name := rapid.StringMatching(`[a-d]`).Draw(t, "name")
		v := valueGen(1).Draw(t, "value")
		more := it.With(name, v)
		if !more.Get(name).Equal(v) || !more.Equal(NewItem(append(append(Item{}, it...), Field{name, v})...)) {
			t.Fatal("With is wrong")
		}
		if less := more.Without(name); !less.Get(name).IsZero() || !less.Equal(it.Without(name)) {
			t.Fatal("Without is wrong")
		}
	})
}

func TestRefusedValues(t *testing.T) {
	deep := strings.Repeat(`{"L":[`, 33) + strings.Repeat(`]}`, 33)
	for _, c := range []struct{ in, want string }{
		{`{}`, "is empty"}, {`{"X":"a"}`, "is empty"}, {`{"S":null}`, "is empty"},
		{`{"S":"a","N":"1"}`, "more than one datatypes"}, {`{"S":1}`, "SerializationException"}, {`"a"`, "SerializationException"},
		{`{"N":"x"}`, "cannot be converted to a numeric value: x"}, {`{"N":""}`, "cannot be converted to a numeric value"},
		{`{"NULL":false}`, "must have the value of true"}, {`{"SS":[]}`, "may not be empty"}, {`{"NS":[]}`, "may not be empty"},
		{`{"BS":[]}`, "should not be empty"}, {`{"SS":["a","b","a"]}`, "[a, b, a] contains duplicates"},
		{`{"NS":["1","1.0"]}`, "contains duplicates"}, {`{"B":"?"}`, "Base64"}, {deep, "Nesting Levels"},
		{`{"M":{"a":{"N":"1e999"}}}`, "Number overflow"},
	} {
		r := wire.NewReader(c.in)
		ReadValue(r)
		if err := r.Done(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.in, err, c.want)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
	}{
		{`{"S":"é"}`, 2}, {`{"N":"12345"}`, 4}, {`{"N":"-1"}`, 3}, {`{"B":"AAAA"}`, 3}, {`{"BOOL":true}`, 1}, {`{"NULL":true}`, 1},
		{`{"L":[]}`, 3}, {`{"M":{}}`, 3}, {`{"L":[{"S":"ab"}]}`, 6}, {`{"M":{"k":{"S":"ab"}}}`, 7}, {`{"SS":["a","bc"]}`, 3},
	} {
		r := wire.NewReader(c.in)
		v := ReadValue(r)
		if got := v.Size(); r.Done() != nil || got != c.want {
			t.Errorf("%s: size %d, want %d (%v)", c.in, got, c.want, r.Err())
		}
	}
}

// Bytes that nobody wrote are refused, and never more than that.
func FuzzDecodeItem(f *testing.F) {
	f.Add(string(NewItem(Field{"a", Text("b")}, Field{"n", Value{Type: NS, List: []Value{{Type: N, Str: "\x02"}}}}).AppendBinary(nil)))
	f.Add("\x01\x01a\x02\x03\xff")
	f.Fuzz(func(t *testing.T, s string) {
		it, err := DecodeItem(s)
		_, err2 := AppendStoredJSON(nil, s)
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%q: decoded %v, written %v", s, err, err2)
		}
		if err == nil {
			it.Size()
			it.AppendJSON(nil)
		}
	})
}
