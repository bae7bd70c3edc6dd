package platform_test

import (
	"encoding/base32"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
)

// shows gives what an authenticator shows at the system's present.
func shows(t *testing.T, s *platformtest.System, secret string) string {
	t.Helper()
	if _, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret); err != nil {
		t.Fatalf("secret %q: %v", secret, err)
	}
	code, err := totp.GenerateCode(secret, s.Env.Clock())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// enrol gives the administrator an authenticator; it gives the secret and the recovery codes.
func enrol(t *testing.T, s *platformtest.System, user, token string) (secret string, recovery []string) {
	t.Helper()
	begun := s.Do(platformtest.Call{Op: "begin-second-factor", Token: token, Path: "userId=" + user}).Want(201)
	secret = begun.Text("secret")
	s.Do(platformtest.Call{Op: "confirm-second-factor", Token: token, Path: "userId=" + user, Match: 1, Body: `{"code":"000000"}`}).Want(401).WantCode(platform.RuleFactorWrong.Code, "/code")
	done := s.Do(platformtest.Call{Op: "confirm-second-factor", Token: token, Path: "userId=" + user, Match: 1, Body: fmt.Sprintf(`{"code":%q}`, shows(t, s, secret))}).Want(200)
	for _, code := range done.Member("recoveryCodes").([]any) {
		recovery = append(recovery, code.(string))
	}
	return secret, recovery
}

func signInWith(s *platformtest.System, code string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "sign-in", Body: fmt.Sprintf(`{"email":"ailsa@example.com","password":%q,"code":%q}`, platformtest.Password, code)})
}

func TestSigningInAsksForTheSecondFactor(t *testing.T) {
	s := platformtest.New(t)
	_, user, token := s.Admin()
	secret, recovery := enrol(t, s, user, token)
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	s.Do(platformtest.Call{Op: "begin-second-factor", Token: token, Path: "userId=" + user}).Want(409).WantCode(platform.RuleFactorThere.Code)
	s.Do(platformtest.Call{Op: "sign-in", Body: fmt.Sprintf(`{"email":"ailsa@example.com","password":%q}`, platformtest.Password)}).Want(401).WantCode(platform.RuleFactorNeeded.Code)
	signInWith(s, "000000").Want(401).WantCode(platform.RuleFactorWrong.Code)
	signInWith(s, shows(t, s, secret)).Want(401) // the code that confirmed it is used up
	s.Advance(30 * time.Second)
	own := signInWith(s, shows(t, s, secret)).Want(201).Text("accessToken")
	if methods := s.Do(platformtest.Call{Op: "get-session", Token: own}).Want(200).Member("methods"); fmt.Sprint(methods) != "[pwd otp mfa]" {
		t.Errorf("methods %v", methods)
	}
	if shown := s.Do(platformtest.Call{Op: "get-second-factor", Token: own, Path: "userId=" + user}).Want(200); shown.Member("secret") != nil || shown.Member("recoveryCodes") != nil || shown.Text("state") != "active" {
		t.Errorf("shown again: %s", shown.Body)
	}
}

// A code is taken once, also when it comes twice at once; so is each recovery code.
func TestNoCodeIsReplayed(t *testing.T) {
	s := platformtest.New(t)
	_, user, token := s.Admin()
	secret, recovery := enrol(t, s, user, token)
	s.Advance(time.Minute)
	for name, kind := range map[string]func() string{"authenticator": func() string { return shows(t, s, secret) }, "recovery": func() string { return recovery[3] }} {
		code := kind()
		var group sync.WaitGroup
		answers := make(chan int, 4)
		for range cap(answers) {
			group.Go(func() { answers <- signInWith(s, code).Status })
		}
		group.Wait()
		close(answers)
		won := 0
		for status := range answers {
			if status == 201 {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%s: %d got in", name, won)
		}
		s.Advance(20 * time.Minute) // the failures are over
		signInWith(s, code).Want(401)
	}
	left := s.Do(platformtest.Call{Op: "get-second-factor", Token: signInWith(s, recovery[0]).Want(201).Text("accessToken"), Path: "userId=" + user}).Want(200).Member("recoveryLeft")
	if left != float64(8) {
		t.Errorf("%v recovery codes are left", left)
	}
}

func TestWrongCodesHaveToWait(t *testing.T) {
	s := platformtest.New(t)
	_, user, token := s.Admin()
	secret, _ := enrol(t, s, user, token)
	s.Advance(time.Minute)
	for range 5 {
		signInWith(s, "000000").Want(401)
	}
	signInWith(s, shows(t, s, secret)).Want(429)
	s.Advance(15 * time.Minute)
	signInWith(s, shows(t, s, secret)).Want(201)
}

func TestSecondFactorIsRemovedByItsOwnerOrAnAdministrator(t *testing.T) {
	s := platformtest.New(t)
	_, user, token := s.Admin()
	_, recovery := enrol(t, s, user, token)
	remove := platformtest.Call{Op: "remove-second-factor", Token: token, Path: "userId=" + user, Match: 2, Body: `{}`}
	s.Do(remove).Want(401).WantCode(platform.RuleFactorWrong.Code) // nobody's open session is enough
	remove.Body = fmt.Sprintf(`{"code":%q}`, recovery[1])
	s.Do(remove).Want(200)
	s.SignIn("ailsa@example.com", platformtest.Password, "")
	_, mina, own := s.Own(token, "mina", "own", "platform.people.read")
	enrol(t, s, mina, own)
	s.Do(platformtest.Call{Op: "remove-second-factor", Token: own, Path: "userId=" + user, Match: 3, Body: `{}`}).Want(404)
	s.Do(platformtest.Call{Op: "begin-second-factor", Token: token, Path: "userId=" + mina}).Want(404) // nobody sets up another's
	s.Do(platformtest.Call{Op: "remove-second-factor", Token: token, Path: "userId=" + mina, Match: 2, Body: `{}`}).Want(200)
	s.SignIn("mina@example.com", platformtest.Password, "")
}
