package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

// A tenant sees itself and its clients; a client does not see its holder, nor another client.
func TestGetTenant(t *testing.T) {
	s := platformtest.New(t)
	holder, _, token := s.Admin()
	one, adminOne := client(s, token, "iain@example.com")
	two, _ := client(s, token, "joan@example.com")
	get := func(token, tenant string) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "get-tenant", Token: token, Path: "tenantId=" + tenant})
	}
	for _, id := range []string{holder, one, two} {
		get(token, id).Want(200)
	}
	get(adminOne, one).Want(200)
	unknown := get(adminOne, unknownTenant).Want(404)
	for _, id := range []string{holder, two, "x|y", ""} {
		if a := get(adminOne, id); !sameAnswer(a, unknown) {
			t.Errorf("%q: %d %s", id, a.Status, a.Body)
		}
	}
}
