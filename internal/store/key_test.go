package store

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// part is text that a caller may send as a code or an external id, with what keys are made of in it.
var part = rapid.StringOfN(rapid.RuneFrom([]rune("ab|%7C25é😀")), 0, 8, -1)

// Two lists of parts make one key only if they are the same list: nobody's code reaches another record's key.
func TestKeysTellTheirPartsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOfN(part, 1, 3).Draw(t, "a"), rapid.SliceOfN(part, 1, 3).Draw(t, "b")
		if same := slices.Equal(a, b); (In("ten", a...) == In("ten", b...)) != same || (At(a...) == At(b...)) != same {
			t.Fatalf("%q and %q make %q and %q", a, b, At(a...), At(b...))
		}
	})
}

// A part reads back as it was.
func TestPartReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(part, 1, 3).Draw(t, "a")
		for i, text := range strings.Split(At(a...).String(), sep) {
			if Part(text) != a[i] {
				t.Fatalf("part %d of %q reads back as %q", i, a, Part(text))
			}
		}
	})
}

// No part of a key leaves the tenant that the key was made in.
func TestKeysStayInTheirTenant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := In("ten_1", rapid.SliceOfN(part, 0, 3).Draw(t, "parts")...)
		if tenant, _, _ := strings.Cut(k.String(), sep); tenant != "ten_1" {
			t.Fatalf("%q belongs to %q", k, tenant)
		}
	})
}

func TestAKeyNeedsATenant(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a key was made without a tenant")
		}
	}()
	In("")
}
