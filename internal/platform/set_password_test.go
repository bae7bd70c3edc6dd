package platform_test

import (
	"fmt"
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

const newPassword = "paper-anchor-sings-low"

func setPassword(s *platformtest.System, token, user, old, new string, version int) platformtest.Call {
	return platformtest.Call{Op: "set-password", Token: token, Path: "userId=" + user, Body: fmt.Sprintf(`{"oldPassword":%q,"newPassword":%q}`, old, new), Match: version}
}

func TestSetPassword(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	own := s.SignIn("mina@example.com", platformtest.Password, "")
	other := s.SignIn("mina@example.com", platformtest.Password, "")
	access := own.Text("accessToken")

	s.Do(setPassword(s, access, mina, "wrong", newPassword, 1)).Want(422).WantCode("PLT-PWD-002", "/oldPassword")
	s.Do(setPassword(s, access, mina, platformtest.Password, "Password1", 1)).Want(422).WantCode("PLT-PWD-001", "/newPassword")
	s.Do(setPassword(s, access, mina, platformtest.Password, "MINA1234", 1)).Want(422).WantCode("PLT-PWD-001", "/newPassword")
	s.Do(setPassword(s, access, mina, platformtest.Password, platformtest.Password, 1)).Want(422).WantCode("PLT-PWD-003", "/newPassword")
	s.Do(setPassword(s, access, admin, platformtest.Password, newPassword, 1)).Want(404)
	s.Do(setPassword(s, access, mina, platformtest.Password, newPassword, 9)).Want(412)

	call := setPassword(s, access, mina, platformtest.Password, newPassword, 1)
	call.Key = "once"
	s.Do(call).Want(200)
	if again := s.Do(call).Want(200); again.Header.Get("Idempotency-Replayed") != "true" {
		t.Error("a repeated call is not told as one")
	}
	signIn(s, "mina@example.com", platformtest.Password).Want(401)
	s.SignIn("mina@example.com", newPassword, "")
	refresh(s, own.Text("refreshToken")).Want(200)   // the session at hand goes on
	refresh(s, other.Text("refreshToken")).Want(401) // the others are ended
}

// Guessing the old password is throttled as signing in is, by a count of its own: it locks nobody out of signing in.
func TestOldPasswordsAreCounted(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	access := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	for range 5 {
		s.Do(setPassword(s, access, mina, "wrong", newPassword, 1)).Want(422)
	}
	s.Do(setPassword(s, access, mina, platformtest.Password, newPassword, 1)).Want(429).WantCode("PLT-SES-003")
	s.SignIn("mina@example.com", platformtest.Password, "")
	dry := setPassword(s, access, mina, "wrong", newPassword, 1)
	dry.Query = "dryRun=true" // tells nothing of the old password
	s.Do(dry).Want(200)
	s.Advance(15*time.Minute - time.Second) // the access token is still good
	s.Do(setPassword(s, access, mina, platformtest.Password, newPassword, 1)).Want(429)
	own := s.SignIn("mina@example.com", platformtest.Password, "").Text("accessToken")
	s.Advance(time.Second)
	s.Do(setPassword(s, own, mina, platformtest.Password, newPassword, 1)).Want(200)
}
