package platform_test

import (
	"fmt"
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
)

func TestSignOut(t *testing.T) {
	s := platformtest.New(t)
	s.Admin()
	a := s.SignIn("ailsa@example.com", platformtest.Password, "")
	out := platformtest.Call{Op: "sign-out", Token: a.Text("accessToken"), Body: `{}`, Key: "out"}
	s.Do(platformtest.Call{Op: "sign-out", Token: a.Text("accessToken"), Body: `{}`, Query: "dryRun=true"}).Want(204)
	s.Do(out).Want(204)
	if again := s.Do(out).Want(204); again.Header.Get("Idempotency-Replayed") != "true" {
		t.Error("a repeated call is not told as one")
	}
	refresh(s, a.Text("refreshToken")).Want(401)
	s.Advance(61 * time.Second)
	s.Do(platformtest.Call{Op: "get-session", Token: a.Text("accessToken")}).Want(403)
}

func TestSignOutOfOtherSessions(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	s.User(token, "joan", "")
	one := s.SignIn("mina@example.com", platformtest.Password, "")
	two := s.SignIn("mina@example.com", platformtest.Password, "")
	three := s.SignIn("mina@example.com", platformtest.Password, "")
	joan := s.SignIn("joan@example.com", platformtest.Password, "").Text("accessToken")
	body := func(session string) string { return fmt.Sprintf(`{"session":%q,"user":%q}`, session, mina) }
	s.Do(platformtest.Call{Op: "sign-out", Token: joan, Body: body(one.Text("session"))}).Want(404)
	s.Do(platformtest.Call{Op: "sign-out", Token: one.Text("accessToken"), Body: fmt.Sprintf(`{"session":%q}`, two.Text("session"))}).Want(204)
	s.Do(platformtest.Call{Op: "sign-out", Token: token, Body: body(three.Text("session"))}).Want(204)
	s.Do(platformtest.Call{Op: "sign-out", Token: token, Body: body(three.Text("session"))}).Want(404)
	refresh(s, one.Text("refreshToken")).Want(200)
	refresh(s, two.Text("refreshToken")).Want(401)
	refresh(s, three.Text("refreshToken")).Want(401)
}
