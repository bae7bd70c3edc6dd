package platform_test

import (
	"slices"
	"testing"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

// Built-in roles come first, then the tenant's own; each once, whatever the size of the pages.
func TestListRoles(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	want := platform.BuiltInRoles()
	for size := 1; size <= 7; size++ {
		if got := list(t, s, platformtest.Call{Op: "list-roles", Token: token}, size, "id"); !slices.Equal(got, want) {
			t.Errorf("without own, in pages of %d: %v", size, got)
		}
	}
	for range 4 {
		want = append(want, createRole(s, token, `["*"]`).Want(201).Text("id"))
	}
	for size := 1; size <= 10; size++ {
		if got := list(t, s, platformtest.Call{Op: "list-roles", Token: token}, size, "id"); !slices.Equal(got, want) {
			t.Errorf("in pages of %d: %v", size, got)
		}
	}
}
