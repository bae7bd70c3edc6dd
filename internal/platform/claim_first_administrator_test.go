package platform_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"backoffice/internal/platform/platformtest"
	"backoffice/internal/platform/platformwire"
)

func claim(s *platformtest.System, code string) platformtest.Answer {
	return s.Do(platformtest.Call{Op: "claim-first-administrator", Body: fmt.Sprintf(
		`{"code":%q,"organisation":"Thistle","name":"Ailsa Kerr","email":"ailsa@example.com","password":"slate-otter-winds-north"}`, code)})
}

func offer(t *testing.T, s *platformtest.System) string {
	t.Helper()
	code, err := platformwire.OfferClaim(t.Context(), s.Env)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func TestClaimFirstAdministrator(t *testing.T) {
	s := platformtest.New(t)
	claim(s, "").Want(422)
	claim(s, "guess").Want(401).WantCode("PLT-CLM-001")
	old := offer(t, s)
	code := offer(t, s) // a restart makes another and voids the first
	if code == "" || code == old {
		t.Fatalf("codes %q and %q", old, code)
	}
	claim(s, old).Want(401)
	s.Do(platformtest.Call{Op: "claim-first-administrator", Query: "dryRun=true", Body: fmt.Sprintf(`{"code":%q,"organisation":"T","name":"A","email":"a@example.com","password":"slate-otter-winds-north"}`, code)}).Want(400)
	a := claim(s, code).Want(201)
	if a.Header.Get("Location") != "/platform/v1/tenants/"+a.Text("tenant") {
		t.Errorf("location %s", a.Header.Get("Location"))
	}
	claim(s, code).Want(401)
	if again := offer(t, s); again != "" {
		t.Error("another code is offered although there is an administrator")
	}
	token := s.SignIn("ailsa@example.com", "slate-otter-winds-north", "").Text("accessToken")
	s.Do(platformtest.Call{Op: "list-roles", Token: token}).Want(200)
	s.Do(platformtest.Call{Op: "get-tenant", Token: token, Path: "tenantId=" + a.Text("tenant")}).Want(200)
}

func TestClaimRunsOut(t *testing.T) {
	s := platformtest.New(t)
	code := offer(t, s)
	s.Advance(24 * time.Hour)
	claim(s, code).Want(401)
	claim(s, offer(t, s)).Want(201)
}

// Of many who have the code, one becomes administrator.
func TestClaimAtOnce(t *testing.T) {
	s := platformtest.New(t)
	code := offer(t, s)
	var group sync.WaitGroup
	answers := make(chan int, 8)
	for range cap(answers) {
		group.Go(func() { answers <- claim(s, code).Status })
	}
	group.Wait()
	close(answers)
	count := map[int]int{}
	for status := range answers {
		count[status]++
	}
	if count[201] != 1 || count[401] != cap(answers)-1 {
		t.Errorf("answers by status: %v", count)
	}
}

func TestClaimChecksItsInput(t *testing.T) {
	s := platformtest.New(t)
	code := offer(t, s)
	for body, pointer := range map[string]string{
		`{"code":%q,"organisation":" ","name":"A","email":"a@example.com","password":"slate-otter-winds-north"}`: "/organisation",
		`{"code":%q,"organisation":"T","name":" ","email":"a@example.com","password":"slate-otter-winds-north"}`: "/name",
		`{"code":%q,"organisation":"T","name":"A","email":"a@example","password":"slate-otter-winds-north"}`:     "/email",
		`{"code":%q,"organisation":"T","name":"A","email":"a@example.com","password":"Password123"}`:             "/password",
		`{"code":%q,"organisation":"T","name":"A","email":"a@example.com","password":"short"}`:                   "/password",
	} {
		a := s.Do(platformtest.Call{Op: "claim-first-administrator", Body: fmt.Sprintf(body, code)}).Want(422)
		if got := a.Member("errors").([]any)[0].(map[string]any)["pointer"]; got != pointer {
			t.Errorf("%s: %v", pointer, got)
		}
	}
}
