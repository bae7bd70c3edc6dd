package right_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/platform/right"
)

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		pattern, right string
		want           bool
	}{
		{"finance.journals.post", "finance.journals.post", true},
		{"finance.journals.post", "finance.journals.read", false},
		{"finance.journals.*", "finance.journals.read", true},
		{"finance.*", "finance.journals.read", true},
		{"finance.*", "financial.journals.read", false},
		{"finance.*.read", "finance.journals.read", true},
		{"finance.*.read", "finance.journals.post", false},
		{"*.*.read", "people.people.read", true},
		{"*.journals.*", "finance.journals.post", true},
		{"*", "a.b.c", true},
		{"*.*.*", "a.b.c", true},
		{"*", "finance.*", true},
		{"finance.*", "finance.*.read", true},
		{"finance.*.read", "finance.*", false},
		{"finance", "finance.journals.read", false},
		{"finance.journals", "finance.journals.read", false},
		{"", "a.b.c", false},
		{"a.b.c.d", "a.b.c", false},
		{"*", "a.b", false},
		{"*", "", false},
		{"a.b.c", "A.b.c", false},
	} {
		if got := right.Covers(c.pattern, c.right); got != c.want {
			t.Errorf("Covers(%q, %q) = %v", c.pattern, c.right, got)
		}
	}
}

func TestForms(t *testing.T) {
	for text, want := range map[string][2]bool{ // pattern, right
		"a.b.c": {true, true}, "a.b-c.d2": {true, true}, "a.*": {true, false}, "*": {true, false}, "*.*.c": {true, false},
		"a.*.c": {true, false}, "a..c": {false, false}, "a.b": {false, false}, "": {false, false}, "a.b.c.*": {false, false},
		"a.b*.c": {false, false}, "a.b.c ": {false, false}, "ä.b.c": {false, false}, ".": {false, false},
	} {
		if got := [2]bool{right.IsPattern(text), right.IsRight(text)}; got != want {
			t.Errorf("%q: pattern and right are %v, want %v", text, got, want)
		}
	}
	if right.Scope(right.Domain("finance.journals.post")) != "backoffice/finance" {
		t.Error("scope of a right")
	}
}

// A pattern covers a right exactly when its normal form is the right or among the right's ancestors: what Cedar is told is
// what Covers says.
func TestAncestorsAreWhatCovers(t *testing.T) {
	segment := rapid.SampledFrom([]string{"a", "b", "c", "*"})
	rapid.Check(t, func(t *rapid.T) {
		pattern := strings.Join(rapid.SliceOfN(segment, 1, 4).Draw(t, "pattern"), ".")
		name := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 3, 3).Draw(t, "right"), ".")
		if !right.IsPattern(pattern) {
			if right.Covers(pattern, name) {
				t.Fatalf("%q is no pattern and covers %q", pattern, name)
			}
			return
		}
		told := append(right.Ancestors(name), name)
		if slices.Contains(told, right.Normal(pattern)) != right.Covers(pattern, name) {
			t.Fatalf("%q and %q: told %v", pattern, name, told)
		}
	})
}

func FuzzIsPattern(f *testing.F) {
	f.Add("finance.*.read")
	f.Add("*")
	f.Add("a.b.c.d")
	f.Fuzz(func(t *testing.T, text string) {
		if right.IsPattern(text) && !right.Covers(text, text) {
			t.Fatalf("%q does not cover itself", text)
		}
		if right.IsRight(text) && strings.Count(text, ".") != 2 {
			t.Fatalf("%q is a right", text)
		}
	})
}
