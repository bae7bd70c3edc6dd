package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

func TestRevokeServiceKey(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	a := s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`}).Want(201)
	id, bearer := a.Text("id"), a.Text("bearer")
	s.Do(platformtest.Call{Op: "get-session", Token: bearer}).Want(200)
	revoke := func(version int) platformtest.Answer {
		return s.Do(platformtest.Call{Op: "revoke-service-key", Token: token, Path: "keyId=" + id, Match: version})
	}
	if a := revoke(1).Want(200); a.Text("state") != "revoked" {
		t.Errorf("revoked: %s", a.Body)
	}
	revoke(2).Want(409).WantCode("PLT-RAS-004")
	s.Advance(time.Minute)
	s.Do(platformtest.Call{Op: "get-session", Token: bearer}).Want(401)
}
