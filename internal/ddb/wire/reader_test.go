package wire

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestStringsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if !utf8.ValidString(s) {
			t.Skip("the store keeps no such text")
		}
		ours := AppendString(nil, s)
		var theirs string
		if err := json.Unmarshal(ours, &theirs); err != nil || theirs != s {
			t.Fatalf("%q is written %s, read %q %v", s, ours, theirs, err)
		}
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(ours), string(quoted)} {
			r := NewReader(text)
			if got := r.String(); r.Done() != nil || got != s {
				t.Fatalf("%s is read %q %v", text, got, r.Err())
			}
		}
	})
}

func TestReaderWalks(t *testing.T) {
	r := NewReader(` { "a" : [1, -2.5e3 ,true,null ] , "b":{} , "c" : "\u00e9\ud83d\ude00\n" } `)
	var keys string
	for r.OpenObject(); r.Next('}'); {
		k := r.Key()
		keys += k
		switch k {
		case "a":
			r.OpenArray()
			if !r.Next(']') || r.Int() != 1 || !r.Next(']') || r.Float() != -2500 || !r.Next(']') || !r.Bool() || !r.Next(']') || !r.Null() || r.Next(']') {
				t.Error("the array is read wrongly")
			}
		case "c":
			if s := r.String(); s != "é😀\n" {
				t.Errorf("the text is %q", s)
			}
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil || keys != "abc" {
		t.Fatalf("keys %s: %v", keys, err)
	}
}

func TestReaderRefuses(t *testing.T) {
	for _, s := range []string{"", "{", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `[1 2]`, `"`, `"\x"`, `"\u12"`, `"\ud800"`, `"\ud800\u0041"`,
		"\"\x01\"", "\"\xff\"", "nul", "tru", "{} {}", `{"a":1}}`, `{1:2}`, "[", "]"} {
		r := NewReader(s)
		r.Skip()
		if r.Done() == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

func TestReaderBoundsNesting(t *testing.T) {
	deep := make([]byte, 1<<20)
	for i := range deep {
		deep[i] = '['
	}
	r := NewReader(string(deep))
	if r.Skip(); r.Err() == nil {
		t.Error("a million brackets are taken")
	}
}

// What we take, the standard library takes; and what it takes we take, but for
// what only we refuse.
func FuzzReader(f *testing.F) {
	for _, s := range []string{`{"a":[1,"x",null,true]}`, `"\ud83d\ude00"`, `-1.5e10`, `[[[]]]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := NewReader(s)
		r.Skip()
		valid := json.Valid([]byte(s))
		if r.Done() == nil && !valid && !looseNumber(s) {
			t.Fatalf("%q is no JSON and is taken", s)
		}
	})
}

// looseNumber reports whether s has a number: the reader leaves the text of
// numbers to those that use them.
func looseNumber(s string) bool {
	for _, c := range s {
		if c == '-' || c >= '0' && c <= '9' {
			return true
		}
	}
	return false
}
