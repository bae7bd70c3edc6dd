package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestSignIn(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, token := s.Admin()
	a := s.Do(platformtest.Call{Op: "get-session", Token: token}).Want(200)
	if a.Text("tenant") != tenant || a.Text("principal") != user || a.Text("email") != "ailsa@example.com" {
		t.Fatalf("session: %s", a.Body)
	}
	_, usr := s.User(token, "mina", "")
	mina := s.SignIn("MINA@example.com", platformtest.Password, "").Text("accessToken")
	s.Do(platformtest.Call{Op: "list-users", Token: mina}).Want(200)
	s.Do(platformtest.Call{Op: "list-roles", Token: mina}).Want(403).WantCode("API-018")
	s.Grant(token, usr, "auditor", "all")
}
