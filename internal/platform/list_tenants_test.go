package platform_test

import (
	"fmt"
	"slices"
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestListTenants(t *testing.T) {
	s := platformtest.New(t)
	holder, _, token := s.Admin()
	want := []string{holder}
	var admin string
	for i := range 3 {
		var id string
		id, admin = client(s, token, fmt.Sprintf("iain%d@example.com", i))
		want = append(want, id)
	}
	if got := list(t, s, platformtest.Call{Op: "list-tenants", Token: token}, 2, "id"); !slices.Equal(got, want) {
		t.Errorf("the holder lists %v, want %v", got, want)
	}
	if got := list(t, s, platformtest.Call{Op: "list-tenants", Token: admin}, 2, "id"); !slices.Equal(got, want[3:]) {
		t.Errorf("a client lists %v", got)
	}
}
