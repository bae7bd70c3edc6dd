package conformance

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/op"
	"backoffice/internal/platform"
)

// Each built-in role is let in or kept out as the matrix of roles and operations says. The request itself is spoilt: whoever
// is let in learns that, and nothing happens.
func checkRoles(t *testing.T, s *subject) {
	r := s.ready(t).but(setting("colour", "1"))
	act := s.sys.Seeding(s.ID)
	users := map[string]rehearsal.Caller{}
	for _, role := range append(platform.BuiltInRoles(), "") {
		users[role] = s.sys.AddUser(act, role, "role-"+role+"@walk.test")
	}
	if err := s.sys.Seed(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	for role, user := range users {
		a := r.but(func(r *request) { r.Who = user }).send(t)
		let := platform.RoleAllows(role, s.spec.Right()) || platform.RoleAllows(platform.RoleEveryone, s.spec.Right())
		if want := map[bool]string{true: op.RuleUnknown.Code, false: op.RuleForbidden.Code}[let]; a.OK() || a.problem(t).Code != want {
			t.Errorf("the role %q: wanted %s, got %s", role, want, a)
		}
	}
}

// Where an operation asks for a fresh sign-in, an older one does not do, and the answer says how fresh it must be.
func checkStepUp(t *testing.T, s *subject) {
	r := s.ready(t)
	before := s.sys.snapshot(t)
	old := r.but(func(r *request) { r.Who.Age = s.spec.StepUp + time.Second })
	old.refuses(t, http.StatusUnauthorized, op.RuleStepUp, "an old sign-in")
	if how := old.send(t).Header.Get("WWW-Authenticate"); !strings.Contains(how, "insufficient_user_authentication") || !strings.Contains(how, "max_age") {
		t.Errorf("WWW-Authenticate is %q", how)
	}
	s.sys.unchanged(t, before, "a call with an old sign-in")
	r.but(func(r *request) { r.Who.Age = s.spec.StepUp }).works(t, "a sign-in that is just fresh enough")
}
