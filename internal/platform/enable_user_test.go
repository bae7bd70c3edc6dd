package platform_test

import (
	"testing"

	"backoffice/internal/platform/platformtest"
)

func TestEnableUser(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	state := func(op string, version int) platformtest.Answer {
		return s.Do(platformtest.Call{Op: op, Token: token, Path: "userId=" + mina, Match: version})
	}
	state("enable-user", 1).Want(409).WantCode("PLT-USR-002")
	state("disable-user", 1).Want(200)
	state("enable-user", 1).Want(412)
	if a := state("enable-user", 2).Want(200); a.Text("state") != "active" || a.Header.Get("ETag") != `"v3"` {
		t.Errorf("enabled: %s", a.Body)
	}
	s.SignIn("mina@example.com", platformtest.Password, "")
}
