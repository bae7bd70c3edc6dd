package platform_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

func refresh(s *platformtest.System, token string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "refresh-session", Body: fmt.Sprintf(`{"refreshToken":%q}`, token)})
}

func TestRefreshSession(t *testing.T) {
	s := platformtest.New(t)
	s.Admin()
	a := s.SignIn("ailsa@example.com", platformtest.Password, "")
	session := a.Text("session")
	for range 3 {
		s.Advance(14 * time.Minute)
		next := refresh(s, a.Text("refreshToken")).Want(200)
		if next.Text("session") != session || next.Text("refreshToken") == a.Text("refreshToken") {
			t.Fatalf("tokens: %s", next.Body)
		}
		s.Do(platformtest.Call{Op: "get-session", Token: next.Text("accessToken")}).Want(200)
		who, err := s.Verifier.Verify(t.Context(), next.Text("accessToken"))
		if err != nil || !who.AuthTime.Equal(platformtest.Start) {
			t.Errorf("a refresh proves nothing anew: %v, %v", who.AuthTime, err)
		}
		a = next
	}
}

// A token used twice is in two hands: the session ends for both.
func TestRefreshTokenUsedTwiceEndsItsFamily(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, _ := s.Admin()
	old := s.SignIn("ailsa@example.com", platformtest.Password, "")
	other := s.SignIn("ailsa@example.com", platformtest.Password, "")
	latest := refresh(s, old.Text("refreshToken")).Want(200)
	refresh(s, old.Text("refreshToken")).Want(401).WantCode("PLT-SES-004")
	refresh(s, latest.Text("refreshToken")).Want(401)
	sessions, err := s.Ports.Sessions.Sessions(t.Context(), tenant, user)
	if err != nil {
		t.Fatal(err)
	}
	for _, session := range sessions {
		if session.ID == old.Text("session") {
			t.Error("the session is still open")
		}
	}
	refresh(s, other.Text("refreshToken")).Want(200) // another session is none of this
	s.Advance(61 * time.Second)
	s.Do(platformtest.Call{Op: "get-session", Token: latest.Text("accessToken")}).Want(403)
}

// A guess, even by somebody who knows every id, ends nothing.
func TestGuessedRefreshTokensEndNothing(t *testing.T) {
	s := platformtest.New(t)
	s.Admin()
	a := s.SignIn("ailsa@example.com", platformtest.Password, "")
	parts := strings.Split(a.Text("refreshToken"), ".")
	for name, guess := range map[string]string{
		"empty family": strings.Join(append(append([]string{}, parts[:4]...), "", parts[5]), "."), "another family": strings.Join(append(append([]string{}, parts[:4]...), parts[5], parts[5]), "."),
		"no token": "x", "too few parts": strings.Join(parts[:5], "."), "no ids": "rt1.a.b.c.d.e", "unknown session": strings.Replace(a.Text("refreshToken"), parts[3], "ses_01JD2M8G3S6QX4T5V7W9Y0Z1A2", 1),
		"another version": strings.Replace(a.Text("refreshToken"), "rt1", "rt2", 1),
	} {
		if got := refresh(s, guess); got.Status != 401 {
			t.Errorf("%s: %d", name, got.Status)
		}
	}
	refresh(s, a.Text("refreshToken")).Want(200)
}

func TestSessionsRunOut(t *testing.T) {
	s := platformtest.New(t)
	s.Admin()
	idle := s.SignIn("ailsa@example.com", platformtest.Password, "").Text("refreshToken")
	s.Advance(time.Hour)
	refresh(s, idle).Want(401)

	kept := s.SignIn("ailsa@example.com", platformtest.Password, "").Text("refreshToken")
	for range 12 * 60 / 50 { // every 50 minutes for up to 12 hours
		s.Advance(50 * time.Minute)
		kept = refresh(s, kept).Want(200).Text("refreshToken")
	}
	s.Advance(50 * time.Minute)
	refresh(s, kept).Want(401)
}

func TestRefreshOfADisabledUser(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, user := s.User(token, "mina", "")
	a := s.SignIn("mina@example.com", platformtest.Password, "")
	s.Do(platformtest.Call{Op: "disable-user", Token: token, Path: "userId=" + user, Match: 1}).Want(200)
	refresh(s, a.Text("refreshToken")).Want(401)
	s.Do(platformtest.Call{Op: "enable-user", Token: token, Path: "userId=" + user, Match: 2}).Want(200)
	refresh(s, a.Text("refreshToken")).Want(401) // its sessions are gone for good
}

// Of many calls with one token at once, one at most gets tokens, and the session ends.
func TestRefreshAtOnce(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, _ := s.Admin()
	a := s.SignIn("ailsa@example.com", platformtest.Password, "")
	var group sync.WaitGroup
	won := make(chan string, 16)
	for range cap(won) {
		group.Go(func() {
			if got := refresh(s, a.Text("refreshToken")); got.Status == 200 {
				won <- got.Text("refreshToken")
			}
		})
	}
	group.Wait()
	close(won)
	if len(won) > 1 {
		t.Errorf("%d calls got tokens", len(won))
	}
	for token := range won {
		refresh(s, token).Want(401)
	}
	_, err := s.Ports.Sessions.Session(t.Context(), tenant, user, a.Text("session"))
	if err == nil {
		t.Error("the session is still open")
	}
}

func TestRefreshRefusals(t *testing.T) {
	s := platformtest.New(t)
	s.Admin()
	s.Do(platformtest.Call{Op: "refresh-session", Body: `{"refreshToken":"x"}`, Query: "dryRun=true"}).Want(400).WantCode("PLT-GEN-003")
	s.Ports.Tokens = nil
	refresh(s, "x").Want(409).WantCode("PLT-SES-005")
}

// overtaken lets somebody else refresh between a call's reading of the session and its writing.
type overtaken struct {
	platform.SessionStore
	before func()
}

func (o *overtaken) Rotate(ctx context.Context, s platform.Session, was int) (bool, error) {
	if f := o.before; f != nil {
		o.before = nil
		f()
	}
	return o.SessionStore.Rotate(ctx, s, was)
}

// Two calls that read the session before either has written: the slower one gets nothing, and ends the session for both.
func TestRefreshOvertaken(t *testing.T) {
	s := platformtest.New(t)
	s.Admin()
	a := s.SignIn("ailsa@example.com", platformtest.Password, "")
	var faster platformtest.Answer
	s.Ports.Sessions = &overtaken{SessionStore: s.Ports.Sessions, before: func() { faster = refresh(s, a.Text("refreshToken")).Want(200) }}
	refresh(s, a.Text("refreshToken")).Want(401).WantCode("PLT-SES-004")
	refresh(s, faster.Text("refreshToken")).Want(401)

	b := s.SignIn("ailsa@example.com", platformtest.Password, "")
	s.Ports.Sessions.(*overtaken).before = func() {
		s.Do(platformtest.Call{Op: "sign-out", Token: b.Text("accessToken"), Body: `{}`}).Want(204)
	}
	refresh(s, b.Text("refreshToken")).Want(401) // signed out meanwhile: the session does not come back
	refresh(s, b.Text("refreshToken")).Want(401)
}
