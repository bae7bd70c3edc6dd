package platform_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"backoffice/internal/platform/password"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/store"
)

func signIn(s *platformtest.System, email, password string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "sign-in", Body: fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)})
}

func TestSignIn(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, _ := s.Admin()
	a := s.SignIn("AILSA@example.com", platformtest.Password, "")
	if a.Text("tenant") != tenant || a.Member("expiresIn") != 900.0 {
		t.Errorf("tokens: %s", a.Body)
	}
	who, err := s.Verifier.Verify(t.Context(), a.Text("accessToken"))
	if err != nil || who.Tenant != tenant || who.Principal != user || who.Person == "" || who.Session != a.Text("session") ||
		len(who.Scopes) != 1 || who.Scopes[0] != "backoffice/platform" || who.Methods[0] != "pwd" || !who.AuthTime.Equal(platformtest.Start) {
		t.Errorf("identity %+v, %v", who, err)
	}
	if named := s.SignIn("ailsa@example.com", platformtest.Password, tenant); named.Text("session") == a.Text("session") {
		t.Error("two sign-ins share a session")
	}
}

// An unknown e-mail, a wrong password, a disabled user and another tenant's name answer alike, after as many calls of the store.
func TestSignInTellsNothing(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, user := s.User(token, "mina", "")
	s.Do(platformtest.Call{Op: "disable-user", Token: token, Path: "userId=" + user, Match: 1}).Want(200)
	type seen struct {
		body  string
		calls int
	}
	var first *seen
	for name, body := range map[string]string{
		"unknown": `{"email":"nobody@example.com","password":"wrong"}`, "wrong": `{"email":"ailsa@example.com","password":"wrong"}`,
		"disabled": fmt.Sprintf(`{"email":"mina@example.com","password":%q}`, platformtest.Password),
		"tenant":   fmt.Sprintf(`{"email":"ailsa@example.com","password":%q,"tenant":"ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"}`, platformtest.Password),
		"no id":    fmt.Sprintf(`{"email":"ailsa@example.com","password":%q,"tenant":"x|y"}`, platformtest.Password),
	} {
		if name == "tenant" || name == "no id" { // each e-mail's count of failures begins with a write of another kind
			s.Advance(16 * time.Minute)
		}
		var m store.Meter
		a := s.Do(platformtest.Call{Op: "sign-in", Body: body, Meter: &m}).Want(401).WantCode("PLT-SES-001")
		got := seen{body: string(a.Body), calls: m.Count().Calls}
		if first == nil {
			first = &got
		}
		if got != *first {
			t.Errorf("%s: %+v, others %+v", name, got, *first)
		}
	}
}

func TestSignInIsThrottled(t *testing.T) {
	for _, email := range []string{"ailsa@example.com", "nobody@example.com"} {
		s := platformtest.New(t)
		s.Admin()
		for range 5 {
			signIn(s, email, "wrong").Want(401)
		}
		a := signIn(s, email, platformtest.Password).Want(429).WantCode("PLT-SES-003")
		if a.Header.Get("Retry-After") != "900" {
			t.Errorf("retry after %q", a.Header.Get("Retry-After"))
		}
		signIn(s, "AILSA@Example.com", "wrong") // capitals are no way round it
		s.Advance(15*time.Minute - time.Millisecond)
		signIn(s, email, platformtest.Password).Want(429)
		s.Advance(time.Millisecond)
		for range 4 {
			signIn(s, email, "wrong").Want(401)
		}
		if email == "ailsa@example.com" {
			signIn(s, email, platformtest.Password).Want(201)
			for range 5 { // a success has forgiven the four
				signIn(s, email, "wrong").Want(401)
			}
		}
	}
}

// Many guesses at once get no more tries than one after the other.
func TestSignInThrottlesGuessesAtOnce(t *testing.T) {
	s := platformtest.New(t)
	s.Admin()
	var group sync.WaitGroup
	tried := make(chan int, 40)
	for range cap(tried) {
		group.Go(func() { tried <- signIn(s, "ailsa@example.com", "wrong").Status })
	}
	group.Wait()
	close(tried)
	count := map[int]int{}
	for status := range tried {
		count[status]++
	}
	if count[401] > 5 || count[401]+count[429] != cap(tried) {
		t.Errorf("answers by status: %v", count)
	}
}

// An e-mail that several tenants know needs one of them to be named; only who knows a password learns that.
func TestSignInToOneOfSeveralTenants(t *testing.T) {
	s := platformtest.New(t)
	tenant, _, token := s.Admin()
	const other = "copper-lantern-drifts-home"
	client := s.Do(platformtest.Call{Op: "create-tenant", Token: token, Body: fmt.Sprintf(`{"name":"Kelso","administrator":{"name":"A","email":"Ailsa@example.com","password":%q}}`, other)}).Want(201).Text("id")
	signIn(s, "ailsa@example.com", platformtest.Password).Want(422).WantCode("PLT-SES-002", "/tenant")
	signIn(s, "ailsa@example.com", "wrong").Want(401)
	signIn(s, "ailsa@example.com", other).Want(401) // the newer tenant's: it cannot stand in the older one's way
	if got := s.SignIn("ailsa@example.com", platformtest.Password, tenant).Text("tenant"); got != tenant {
		t.Errorf("signed in to %s", got)
	}
	if got := s.SignIn("ailsa@example.com", other, client).Text("tenant"); got != client {
		t.Errorf("signed in to %s", got)
	}
}

func TestSignInRefusals(t *testing.T) {
	s := platformtest.New(t)
	s.Admin()
	body := fmt.Sprintf(`{"email":"ailsa@example.com","password":%q}`, platformtest.Password)
	s.Do(platformtest.Call{Op: "sign-in", Body: body, Query: "dryRun=true"}).Want(400).WantCode("PLT-GEN-003", "dryRun")
	s.Do(platformtest.Call{Op: "sign-in", Body: `{"email":"ailsa@example.com"}`}).Want(422).WantCode("API-004", "/password")
	s.Do(platformtest.Call{Op: "sign-in", Body: `{"email":"a","password":"b","role":"administrator"}`}).Want(400).WantCode("API-002", "/role")
	s.Ports.Tokens = nil
	s.Do(platformtest.Call{Op: "sign-in", Body: body}).Want(409).WantCode("PLT-SES-005")
}

// Each sign-in leaves an act in the user's tenant; a user has twenty sessions at most, and run-out ones are tidied away.
func TestSessionsAreBounded(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, _ := s.Admin()
	first := s.SignIn("ailsa@example.com", platformtest.Password, "").Text("session")
	for range 25 {
		s.SignIn("ailsa@example.com", platformtest.Password, "")
	}
	sessions, err := s.Ports.Sessions.Sessions(t.Context(), tenant, user)
	if err != nil || len(sessions) != 20 {
		t.Fatalf("%d sessions, %v", len(sessions), err)
	}
	for _, session := range sessions {
		if session.ID == first {
			t.Error("the oldest session is still open")
		}
	}
	s.Advance(2 * time.Hour)
	latest := s.SignIn("ailsa@example.com", platformtest.Password, "").Text("session")
	sessions, err = s.Ports.Sessions.Sessions(t.Context(), tenant, user)
	if err != nil || len(sessions) != 1 || sessions[0].ID != latest {
		t.Errorf("%d sessions after all have run out, %v", len(sessions), err)
	}
}

// A hash that was made with other parameters than today's is made anew by the next sign-in, once.
func TestSignInStrengthensTheHash(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, _ := s.Admin()
	s.Ports.Passwords = password.NewHasher(password.Parameters{MemoryKiB: 16, Passes: 2, Lanes: 1}, nil)
	for _, version := range []int{2, 2} {
		s.SignIn("ailsa@example.com", platformtest.Password, "")
		u, err := s.Ports.Users.User(t.Context(), tenant, user)
		if err != nil || u.Version != version || !strings.HasPrefix(u.PasswordHash, "$argon2id$v=19$m=16,t=2,p=1$") {
			t.Errorf("version %d, hash %s, %v", u.Version, u.PasswordHash, err)
		}
	}
}
