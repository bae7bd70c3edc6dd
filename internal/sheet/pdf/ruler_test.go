package pdf

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/image/font/gofont/gobold"
	"pgregory.net/rapid"
)

func measure(t *testing.T) *ruler {
	t.Helper()
	r, err := newRuler(gobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What was fitted is no wider than it may be, is whole where it can be, and says where it is not.
func TestFittedTextsFit(t *testing.T) {
	r := measure(t)
	rapid.Check(t, func(t *rapid.T) {
		text, wide := rapid.String().Draw(t, "text"), rapid.Float64Range(5, 60).Draw(t, "wide")
		got := r.fitted(text, sizeText, wide)
		if r.width(got, sizeText) > wide+1e-9 || !utf8.ValidString(got) && utf8.ValidString(text) {
			t.Fatalf("%q is %v mm wide, more than %v", got, r.width(got, sizeText), wide)
		}
		if whole := r.width(text, sizeText) <= wide; whole != (got == text) || !whole && !strings.HasSuffix(got, "…") {
			t.Fatalf("%q became %q within %v mm", text, got, wide)
		}
	})
}

func TestLettersHaveTheirWidths(t *testing.T) {
	r := measure(t)
	if r.width("W", 10) <= r.width("i", 10) || r.width("WW", 10) != 2*r.width("W", 10) || r.width("", 10) != 0 || r.width("Łσ", 10) == 0 {
		t.Error("widths make no sense")
	}
}

func TestGrouped(t *testing.T) {
	for text, want := range map[string]string{"": "", "0.00": "0.00", "999": "999", "-1000.50": "-1,000.50", "1234567.89": "1,234,567.89", "-123": "-123"} {
		if got := grouped(text); got != want {
			t.Errorf("%q is set as %q", text, got)
		}
	}
}
