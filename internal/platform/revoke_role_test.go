package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

func TestRevokeRole(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	_, joan := s.User(token, "joan", "")
	id := s.Grant(token, mina, "auditor", "all")
	own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	s.Do(platformtest.Call{Op: "list-roles", Token: own}).Want(200)
	revoke := func(principal string, version int) platformtest.Call {
		return platformtest.Call{Op: "revoke-role", Token: token, Path: "principalId=" + principal + " assignmentId=" + id, Match: version}
	}
	s.Do(revoke(joan, 1)).Want(404)
	s.Do(revoke(mina, 2)).Want(412)
	call := revoke(mina, 1)
	call.Key = "once"
	if a := s.Do(call).Want(200); a.Text("state") != "revoked" {
		t.Errorf("revoked: %s", a.Body)
	}
	if again := s.Do(call).Want(200); again.Header.Get("Idempotency-Replayed") != "true" {
		t.Error("a repeated call is not told as one")
	}
	s.Do(revoke(mina, 2)).Want(409).WantCode("PLT-RAS-004")
	s.Advance(time.Minute)
	s.Do(platformtest.Call{Op: "list-roles", Token: own}).Want(403)
}
