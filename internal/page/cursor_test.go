package page_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/page"
)

func signer(t interface{ Fatal(...any) }, fill byte) page.Signer {
	s, err := page.NewSigner(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCursorReadsBackOnlyInItsScope(t *testing.T) {
	ours, theirs := signer(t, 1), signer(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		scope, other := rapid.String().Draw(t, "scope"), rapid.String().Draw(t, "other")
		position := rapid.MapOfN(rapid.StringN(0, 10, 20), rapid.StringN(0, 20, 60), 0, 5).Draw(t, "position")
		cursor := ours.Encode(scope, position)
		got, err := ours.Decode(scope, cursor)
		if err != nil || !maps.Equal(got, position) {
			t.Fatalf("read back as %v, %v", got, err)
		}
		if _, err := theirs.Decode(scope, cursor); !errors.Is(err, page.ErrBadCursor) {
			t.Fatalf("another key: %v", err)
		}
		for _, wrong := range []string{other, scope + "x", scope + `{`, strings.ToUpper(scope) + " "} {
			if _, err := ours.Decode(wrong, cursor); wrong != scope && !errors.Is(err, page.ErrBadCursor) {
				t.Fatalf("scope %q: %v", wrong, err)
			}
		}
	})
}

func TestChangedCursorIsRefused(t *testing.T) {
	s := signer(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		position := rapid.MapOfN(rapid.StringN(1, 5, 10), rapid.StringN(0, 10, 30), 0, 3).Draw(t, "position")
		cursor := s.Encode("scope", position)
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(raw)-1).Draw(t, "at")
		raw[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		char := rapid.IntRange(0, len(cursor)-1).Draw(t, "char")
		for name, changed := range map[string]string{
			"bit":       base64.RawURLEncoding.EncodeToString(raw),
			"character": cursor[:char] + rapid.StringMatching(`[A-Za-z0-9_=+/\n\r -]`).Draw(t, "new") + cursor[char+1:],
			"inserted":  cursor[:char] + rapid.StringMatching(`[A-Za-z0-9_\n\r-]`).Draw(t, "inserted") + cursor[char:],
			"cut":       cursor[:char],
			"padded":    cursor + "=",
			"newline":   cursor + "\n",
		} {
			if _, err := s.Decode("scope", changed); changed != cursor && !errors.Is(err, page.ErrBadCursor) {
				t.Fatalf("%s: %q for %q: %v", name, changed, cursor, err)
			}
		}
	})
}

func TestScopeAndPayloadCannotTradeBytes(t *testing.T) {
	s := signer(t, 1)
	cursor := s.Encode("a", map[string]string{"k": "v"})
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	moved := base64.RawURLEncoding.EncodeToString(append(raw[:33:33], raw[34:]...))
	if _, err := s.Decode("a{", moved); !errors.Is(err, page.ErrBadCursor) {
		t.Errorf("error = %v", err)
	}
}

func TestCursorLength(t *testing.T) {
	s := signer(t, 1)
	position := func(n int) map[string]string { return map[string]string{"k": strings.Repeat("x", n)} }
	longest := 0
	for n := 1400; ; n++ {
		if cursorChars := base64.RawURLEncoding.EncodedLen(33 + len(`{"k":""}`) + n); cursorChars > page.CursorCharsMax {
			break
		}
		longest = n
	}
	cursor := s.Encode("scope", position(longest))
	if got, err := s.Decode("scope", cursor); err != nil || len(got["k"]) != longest {
		t.Errorf("the longest cursor, %d characters: %v", len(cursor), err)
	}
	if _, err := s.Decode("scope", strings.Repeat("A", page.CursorCharsMax+1)); !errors.Is(err, page.ErrBadCursor) {
		t.Errorf("error = %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a longer one is written")
		}
	}()
	s.Encode("scope", position(longest+1))
}

func TestSignerGuardsItsKey(t *testing.T) {
	for _, n := range []int{0, 1, 31} {
		if _, err := page.NewSigner(make([]byte, n)); !errors.Is(err, page.ErrShortKey) {
			t.Errorf("%d bytes: error = %v", n, err)
		}
	}
	key := bytes.Repeat([]byte{7}, 40)
	s, err := page.NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	cursor := s.Encode("scope", nil)
	key[0] = 0
	if got, err := s.Decode("scope", cursor); err != nil || len(got) != 0 {
		t.Errorf("after the caller reused the key: %v, %v", got, err)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(shown, "7") {
		t.Errorf("printed as %s", shown)
	}
	defer func() {
		if recover() == nil {
			t.Error("the zero value signs")
		}
	}()
	page.Signer{}.Encode("scope", nil)
}

// FuzzDecode looks for a cursor that was never made here and is taken all the same, or that breaks the reader.
func FuzzDecode(f *testing.F) {
	s := signer(f, 1)
	genuine := s.Encode("scope", map[string]string{"pk": "t#1", "sk": "inv#2"})
	f.Add(genuine)
	f.Add("")
	f.Add(strings.Repeat("A", 44))
	f.Fuzz(func(t *testing.T, cursor string) {
		if got, err := s.Decode("scope", cursor); (err == nil) != (cursor == genuine) {
			t.Fatalf("%q is %v, %v", cursor, got, err)
		}
	})
}
