package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

func TestDisableUser(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	own := s.SignIn("mina@example.com", platformtest.Password, "")
	call := platformtest.Call{Op: "disable-user", Token: token, Path: "userId=" + mina, Match: 1, Key: "disable"}
	s.Do(call).Want(200)
	again := s.Do(call).Want(200)
	if again.Header.Get("Idempotency-Replayed") != "true" || again.Text("state") != "disabled" {
		t.Errorf("replayed: %s", again.Body)
	}
	call.Key, call.Match = "", 2
	s.Do(call).Want(409).WantCode("PLT-USR-002")
	signIn(s, "mina@example.com", platformtest.Password).Want(401)
	refresh(s, own.Text("refreshToken")).Want(401)
	s.Advance(time.Minute)
	s.Do(platformtest.Call{Op: "get-session", Token: own.Text("accessToken")}).Want(403)
	s.Do(platformtest.Call{Op: "disable-user", Token: token, Path: "userId=" + admin, Match: 1}).Want(409).WantCode("PLT-USR-003")
	s.Do(platformtest.Call{Op: "disable-user", Token: token, Path: "userId=" + unknownUser, Match: 1}).Want(404)
}
