package platform_test

import (
	"fmt"
	"testing"
	"time"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

const resetPassword = "harbour-quilt-seven-moss"

func issueCode(s *platformtest.System, token, user string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "issue-one-time-code", Token: token, Path: "userId=" + user})
}

func redeem(s *platformtest.System, email, code string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "redeem-one-time-code", Body: fmt.Sprintf(`{"email":%q,"code":%q,"password":%q}`, email, code, resetPassword)})
}

// A user made without a password is invited by a code, which is good once.
func TestInvitationByOneTimeCode(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	person := s.Do(platformtest.Call{Op: "create-person", Token: token, Body: `{"name":"Mina Patel"}`}).Want(201).Text("id")
	user := s.Do(platformtest.Call{Op: "create-user", Token: token, Body: fmt.Sprintf(`{"email":"mina@example.com","person":%q}`, person)}).Want(201).Text("id")
	s.Do(platformtest.Call{Op: "sign-in", Body: `{"email":"mina@example.com","password":"anything-at-all"}`}).Want(401)
	old := issueCode(s, token, user).Want(201).Text("code")
	code := issueCode(s, token, user).Want(201).Text("code")
	redeem(s, "mina@example.com", old).Want(401).WantCode(platform.RuleCode.Code)
	redeem(s, "Mina@Example.com", code).Want(200)
	redeem(s, "mina@example.com", code).Want(401)
	s.SignIn("mina@example.com", resetPassword, "")
}

// A reset ends the user's sessions and never skips the second factor.
func TestResetNeverSkipsTheSecondFactor(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	_, mina, own := s.Own(token, "mina", "own", "platform.people.read")
	secret, _ := enrol(t, s, mina, own)
	code := issueCode(s, token, mina).Want(201).Text("code")
	redeem(s, "mina@example.com", code).Want(200)
	s.Advance(time.Minute)
	s.Do(platformtest.Call{Op: "get-session", Token: own}).Want(403)
	s.Do(platformtest.Call{Op: "sign-in", Body: fmt.Sprintf(`{"email":"mina@example.com","password":%q}`, resetPassword)}).Want(401).WantCode(platform.RuleFactorNeeded.Code)
	s.Do(platformtest.Call{Op: "sign-in", Body: fmt.Sprintf(`{"email":"mina@example.com","password":%q,"code":%q}`, resetPassword, shows(t, s, secret))}).Want(201)
}

// A help desk lets back in whoever has no more rights than it has: with a code or without a second factor it would be anybody.
func TestNobodyGetsInAsAMightierUser(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	_, _, desk := s.Own(token, "joan", "all", "platform.users.*")
	s.Do(platformtest.Call{Op: "grant-role", Token: token, Path: "principalId=" + mina, Body: `{"role":"auditor","scope":"own","from":"2027-01-01"}`}).Want(201)
	_, iain := s.User(token, "iain", "")
	s.Do(platformtest.Call{Op: "grant-role", Token: token, Path: "principalId=" + iain, Body: `{"role":"auditor","scope":"all","to":"2026-11-22"}`}).Want(201)
	remove := platformtest.Call{Op: "remove-second-factor", Token: desk, Body: "{}"}
	for _, user := range []string{admin, mina} {
		issueCode(s, desk, user).Want(403).WantCode(platform.RuleUserMightier.Code)
		remove.Path = "userId=" + user
		s.Do(remove).Want(403).WantCode(platform.RuleUserMightier.Code)
	}
	issueCode(s, desk, iain).Want(201)
	remove.Path = "userId=" + iain
	s.Do(remove).Want(409).WantCode(platform.RuleFactorState.Code)
	issueCode(s, token, mina).Want(201)
}

// A person's other user is the same person, who issues no code for themselves and grants themselves nothing.
func TestThePersonCountsNotTheAccount(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	person := s.Do(platformtest.Call{Op: "get-session", Token: token}).Want(200).Text("person")
	second := s.Do(platformtest.Call{Op: "create-user", Token: token, Body: fmt.Sprintf(`{"email":"second@example.com","person":%q}`, person)}).Want(201).Text("id")
	issueCode(s, token, second).Want(409).WantCode(platform.RuleCodeSelf.Code)
	grant(s, token, second, `{"role":"auditor","scope":"all"}`).Want(403).WantCode(platform.RuleOwnRights.Code)
}

func TestOneTimeCodesAreRefused(t *testing.T) {
	s := platformtest.New(t)
	_, admin, token := s.Admin()
	_, mina := s.User(token, "mina", "")
	issueCode(s, token, admin).Want(409).WantCode(platform.RuleCodeSelf.Code)
	code := issueCode(s, token, mina).Want(201).Text("code")
	s.Advance(72 * time.Hour)
	redeem(s, "mina@example.com", code).Want(401).WantCode(platform.RuleCode.Code)
	unknown, wrong := redeem(s, "nobody@example.com", code), redeem(s, "mina@example.com", "GUESSED")
	if !sameAnswer(unknown, wrong) {
		t.Errorf("%d %s, %d %s", unknown.Status, unknown.Body, wrong.Status, wrong.Body)
	}
	for range 4 {
		redeem(s, "mina@example.com", "GUESSED")
	}
	redeem(s, "mina@example.com", "GUESSED").Want(429)
}
