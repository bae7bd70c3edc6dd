package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

// Whoever changes what others may do has signed in a quarter of an hour ago at most; refreshing a session proves nothing anew.
func TestRightsAreChangedAfterAFreshSignInOnly(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	a := s.SignIn("ailsa@example.com", platformtest.Password, "")
	s.Advance(15*time.Minute + time.Second)
	refreshed := refresh(s, a.Text("refreshToken")).Want(200).Text("accessToken")
	s.Do(platformtest.Call{Op: "list-roles", Token: refreshed}).Want(200)
	grant(s, refreshed, mina, `{"role":"auditor","scope":"all"}`).Want(401).WantCode("API-035")
	createRole(s, refreshed, `["*"]`).Want(401).WantCode("API-035")
	fresh := s.SignIn("ailsa@example.com", platformtest.Password, "").Text("accessToken")
	grant(s, fresh, mina, `{"role":"auditor","scope":"all"}`).Want(201)
	for _, name := range []string{"grant-role", "revoke-role", "create-role", "update-role", "archive-role", "create-service-key"} {
		if find(t, name).Describe().StepUp != 15*time.Minute {
			t.Errorf("%s takes any sign-in", name)
		}
	}
}
