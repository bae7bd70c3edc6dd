package platformwire_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/platform/right"
	"backoffice/internal/store"
)

// read is an operation that asks for platform.roles.read.
var read = op.Spec{ID: "platform.list-roles", Kind: op.Query, Permission: "roles.read"}

// member makes a user with a role and gives who that is, signed in.
func member(t *testing.T, s *platformtest.System, token, email, role, scope string) op.Identity {
	t.Helper()
	_, user := s.User(token, email, "")
	if role != "" {
		s.Grant(token, user, role, scope)
	}
	who, err := s.Verifier.Verify(t.Context(), s.SignIn(email+"@example.com", platformtest.Password, "").Text("accessToken"))
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func allowed(t *testing.T, a *platformwire.Authorizer, s *platformtest.System, who op.Identity) bool {
	t.Helper()
	g, err := a.Authorize(t.Context(), who, read, s.Env.Clock())
	if err != nil && !fault.OfKind(err, fault.Forbidden) {
		t.Fatal(err)
	}
	return err == nil && g.Breadth == op.All
}

// What one process takes away, another that knows the right by heart has forgotten after a minute, and not before it must.
func TestRevocationHoldsWithinAMinute(t *testing.T) {
	for name, revoke := range map[string]func(s *platformtest.System, token, user string){
		"a revoked role": func(s *platformtest.System, token, user string) {
			id := list(s, token, user)
			s.Do(platformtest.Call{Op: "revoke-role", Token: token, Path: "principalId=" + user + " assignmentId=" + id, Match: 1}).Want(200)
		},
		"a disabled user": func(s *platformtest.System, token, user string) {
			s.Do(platformtest.Call{Op: "disable-user", Token: token, Path: "userId=" + user, Match: 1}).Want(200)
		},
	} {
		s := platformtest.New(t)
		_, _, token := s.Admin()
		who := member(t, s, token, "mina", "auditor", "all")
		other := platformwire.NewAuthorizer(s.Env)
		if !allowed(t, other, s, who) {
			t.Fatalf("%s: not allowed before", name)
		}
		revoke(s, token, who.Principal)
		s.Advance(time.Minute - time.Millisecond)
		if !allowed(t, other, s, who) {
			t.Errorf("%s: the other process reads the store at every call", name)
		}
		s.Advance(time.Millisecond)
		if allowed(t, other, s, who) {
			t.Errorf("%s: still allowed after a minute", name)
		}
	}
}

func list(s *platformtest.System, token, principal string) string {
	a := s.Do(platformtest.Call{Op: "list-role-assignments", Token: token, Path: "principalId=" + principal}).Want(200)
	return a.Member("data").([]any)[0].(map[string]any)["id"].(string)
}

// A session is known as soon as it is open, although what is kept of the user is older; an ended one is forgotten in a minute.
func TestSessions(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	who := member(t, s, token, "mina", "auditor", "all")
	if !allowed(t, s.Authz, s, who) {
		t.Fatal("not allowed")
	}
	s.Advance(30 * time.Second)
	next := s.SignIn("mina@example.com", platformtest.Password, "")
	again, err := s.Verifier.Verify(t.Context(), next.Text("accessToken"))
	if err != nil || !allowed(t, s.Authz, s, again) {
		t.Errorf("a session that has just been opened: %v", err)
	}
	s.Do(platformtest.Call{Op: "sign-out", Token: next.Text("accessToken"), Body: `{}`}).Want(204)
	s.Advance(time.Minute)
	if allowed(t, s.Authz, s, again) {
		t.Error("a session that was ended")
	}
	if !allowed(t, s.Authz, s, who) {
		t.Error("the user's other session")
	}
	invented := who
	invented.Session = "ses_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
	if allowed(t, s.Authz, s, invented) {
		t.Error("a session that never was")
	}
	external := who
	external.Session = "8c1d-another-provider"
	if !allowed(t, s.Authz, s, external) {
		t.Error("another provider's session is its own affair")
	}
}

// Whatever in a token does not fit the store is refused.
func TestIdentitiesThatDoNotFit(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	good := member(t, s, token, "mina", "auditor", "all")
	for name, change := range map[string]func(*op.Identity){
		"another tenant":      func(w *op.Identity) { w.Tenant = "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2" },
		"an unknown user":     func(w *op.Identity) { w.Principal = "usr_01JD2M8G3S6QX4T5V7W9Y0Z1A2" },
		"another person":      func(w *op.Identity) { w.Person = "per_01JD2M8G3S6QX4T5V7W9Y0Z1A2" },
		"no person":           func(w *op.Identity) { w.Person = "" },
		"the system":          func(w *op.Identity) { w.Principal = op.SystemPrincipal },
		"without the scope":   func(w *op.Identity) { w.Scopes = []string{"backoffice/finance"} },
		"with a wider scope":  func(w *op.Identity) { w.Scopes = []string{"backoffice/*", "backoffice", "*"} },
		"with another's case": func(w *op.Identity) { w.Scopes = []string{"Backoffice/Platform"} },
	} {
		who := good
		change(&who)
		if allowed(t, s.Authz, s, who) {
			t.Errorf("%s is allowed", name)
		}
	}
	narrow := good
	narrow.Scopes = nil
	if _, err := s.Authz.Authorize(t.Context(), narrow, read, s.Env.Clock()); !fault.Is(err, op.RuleTokenScope.Code) {
		t.Errorf("whoever lacks nothing but the scope is told so: %v", err)
	}
	stranger := member(t, s, token, "joan", "", "")
	stranger.Scopes = nil
	if _, err := s.Authz.Authorize(t.Context(), stranger, read, s.Env.Clock()); !fault.Is(err, op.RuleForbidden.Code) {
		t.Errorf("and nobody else is: %v", err)
	}
	task := op.Spec{ID: "platform.fail-job", Kind: op.Task, Permission: "jobs.fail"}
	if g, err := s.Authz.Authorize(t.Context(), op.Identity{Tenant: good.Tenant, Principal: op.SystemPrincipal}, task, s.Env.Clock()); err != nil || g.Breadth != op.All {
		t.Errorf("the system at its own work: %+v, %v", g, err)
	}
}

// A principal's rights cost one query a minute, and one batch more where it has roles of the tenant's own.
func TestWhatItCosts(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	role := s.Do(platformtest.Call{Op: "create-role", Token: token, Body: `{"name":"R","rights":["platform.roles.read"]}`}).Want(201).Text("id")
	auditor := member(t, s, token, "mina", "auditor", "all")
	own := member(t, s, token, "joan", role, "all")
	s.Grant(token, own.Principal, role, "own")
	for name, c := range map[string]struct {
		who  op.Identity
		want int
	}{"a built-in role": {auditor, 1}, "a role of the tenant's own": {own, 2}} {
		a := platformwire.NewAuthorizer(s.Env)
		for i, want := range []int{c.want, 0, 0} {
			var m store.Meter
			if _, err := a.Authorize(store.WithMeter(t.Context(), &m), c.who, read, s.Env.Clock()); err != nil {
				t.Fatal(err)
			}
			if got := m.Count().Calls; got != want {
				t.Errorf("%s, call %d: %d calls of the store, want %d", name, i, got, want)
			}
		}
	}
}

// A store that does not answer allows nothing, and neither does a clock that was set back.
func TestWhatGoesWrong(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	who := member(t, s, token, "mina", "auditor", "all")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if g, err := platformwire.NewAuthorizer(s.Env).Authorize(ctx, who, read, s.Env.Clock()); err == nil {
		t.Errorf("allowed without the store: %+v", g)
	}
	if held, err := platformwire.NewAuthorizer(s.Env).May(ctx, who, []string{"platform.roles.read"}, s.Env.Clock()); err == nil {
		t.Errorf("told of rights without the store: %+v", held)
	}
	if gives, err := platformwire.NewAuthorizer(s.Env).Gives(ctx, who, s.Env.Clock()); err == nil {
		t.Errorf("rights to give without the store: %v", gives)
	}
	if !allowed(t, s.Authz, s, who) {
		t.Fatal("not allowed")
	}
	s.Do(platformtest.Call{Op: "disable-user", Token: token, Path: "userId=" + who.Principal, Match: 1}).Want(200)
	s.Advance(-time.Second)
	if allowed(t, s.Authz, s, who) {
		t.Error("what was read in the future is believed")
	}
}

// assigned draws a role assignment and what it is made of.
func assigned(t *rapid.T, s *platformtest.System, principal string, roles map[string][]string) platform.Assignment {
	day := func(name string) civil.Date {
		n := rapid.IntRange(-1, 3).Draw(t, name)
		if n > 1 {
			return civil.Date{}
		}
		return civil.FromTime(platformtest.Start).AddDays(n)
	}
	names := []string{"auditor", "approver", "unknown"}
	for r := range roles {
		names = append(names, r)
	}
	slices.Sort(names)
	return platform.Assignment{ID: s.Env.IDs.New("ras"), Principal: principal, Role: rapid.SampledFrom(names).Draw(t, "role"),
		Scope: rapid.SampledFrom([]string{"own", "subordinates", "all"}).Draw(t, "scope"), From: day("from"), To: day("to"),
		Entity: rapid.SampledFrom([]string{"", "", "ent_1", "ent_2"}).Draw(t, "entity"),
		State:  rapid.SampledFrom([]string{"active", "active", "active", "revoked"}).Draw(t, "state"), Version: 1}
}

// wanted is the rules in plain Go: the widest breadth in all entities, and by entity.
func wanted(assignments []platform.Assignment, roles map[string][]string, name string, narrows bool) (op.Breadth, []string) {
	width := map[string]int{"own": 1, "subordinates": 2, "all": 3}
	breadths := []op.Breadth{"", op.Own, op.Subordinates, op.All}
	today := civil.FromTime(platformtest.Start)
	best := map[string]int{}
	if platform.RoleAllows(platform.RoleEveryone, name) {
		best[""] = 1
	}
	for _, a := range assignments {
		rights := roles[a.Role]
		if r, ok := platform.BuiltInRights(a.Role, today); ok {
			rights = r
		}
		covers := slices.ContainsFunc(rights, func(p string) bool { return right.Covers(p, name) })
		if covers && a.State == "active" && (a.From.IsZero() || !today.Before(a.From)) && (a.To.IsZero() || !today.After(a.To)) {
			best[a.Entity] = max(best[a.Entity], width[a.Scope])
		}
	}
	everywhere := best[""]
	if everywhere == 3 || everywhere > 0 && narrows {
		return breadths[everywhere], nil
	}
	top := 0
	for entity, w := range best {
		if entity != "" && w > everywhere {
			top = max(top, w)
		}
	}
	if top == 0 {
		return breadths[everywhere], nil
	}
	var entities []string
	for _, entity := range []string{"ent_1", "ent_2"} {
		if best[entity] == top {
			entities = append(entities, entity)
		}
	}
	return breadths[top], entities
}

// Whatever is assigned, the authorizer over the store decides as the plain rules do.
func TestAuthorizesAsTheModel(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	who := member(t, s, token, "mina", "", "")
	roles := map[string][]string{}
	for _, rights := range []string{`["platform.roles.*"]`, `["platform.*.read","platform.users.create"]`} {
		a := s.Do(platformtest.Call{Op: "create-role", Token: token, Body: fmt.Sprintf(`{"name":"R","rights":%s}`, rights)}).Want(201)
		var patterns []string
		for _, r := range a.Member("rights").([]any) {
			patterns = append(patterns, r.(string))
		}
		roles[a.Text("id")] = patterns
	}
	archived := s.Do(platformtest.Call{Op: "create-role", Token: token, Body: `{"name":"R","rights":["*"]}`}).Want(201).Text("id")
	s.Do(platformtest.Call{Op: "archive-role", Token: token, Path: "roleId=" + archived, Match: 1}).Want(200)
	roles[archived] = nil
	seen := map[op.Breadth]int{}
	rapid.Check(t, func(rt *rapid.T) {
		principal := s.Env.IDs.New("usr")
		act := &op.Act{ID: s.Env.IDs.New("act"), Tenant: who.Tenant, Operation: "platform.test", Principal: "test", At: platformtest.Start}
		s.Ports.Users.AddUser(act, who.Tenant, platform.User{ID: principal, Email: principal + "@example.com", Person: who.Person, State: "active", Version: 1})
		var assignments []platform.Assignment
		for range rapid.IntRange(0, 5).Draw(rt, "assignments") {
			a := assigned(rt, s, principal, roles)
			assignments = append(assignments, a)
			s.Ports.Roles.AddAssignment(act, who.Tenant, a)
		}
		if err := s.Ports.Acts.Commit(context.Background(), &op.Spec{ID: "platform.test", Kind: op.Command}, act); err != nil {
			rt.Fatal(err)
		}
		asks := who
		asks.Principal, asks.Session = principal, ""
		spec := op.Spec{ID: "platform.test", Kind: op.Query, Narrows: rapid.Bool().Draw(rt, "narrows"),
			Permission: rapid.SampledFrom([]string{"roles.read", "roles.update", "users.read", "users.create", "users.set-password"}).Draw(rt, "permission")}
		g, err := s.Authz.Authorize(context.Background(), asks, spec, s.Env.Clock())
		breadth, entities := wanted(assignments, roles, spec.Right(), spec.Narrows)
		if (err == nil) != (breadth != "") || g.Breadth != breadth || !reflect.DeepEqual(g.Entities, entities) {
			rt.Fatalf("got %+v, %v; want %q in %v", g, err, breadth, entities)
		}
		seen[g.Breadth]++
	})
	if len(seen) != 4 {
		t.Errorf("the generator reached only %v", seen)
	}
}

// Whoever has a right over subordinates is told who they are, at any depth, and of nobody else.
func TestPeopleOfSubordinates(t *testing.T) {
	s := platformtest.New(t)
	_, _, token := s.Admin()
	who := member(t, s, token, "mina", "auditor", "subordinates")
	one, _ := s.User(token, "one", who.Person)
	two, _ := s.User(token, "two", one)
	s.User(token, "three", "")
	spec := read
	spec.Narrows = true
	g, err := s.Authz.Authorize(t.Context(), who, spec, s.Env.Clock())
	slices.Sort(g.People)
	want := []string{one, two}
	slices.Sort(want)
	if err != nil || g.Breadth != op.Subordinates || !slices.Equal(g.People, want) {
		t.Errorf("%+v, %v; want %v", g, err, want)
	}
}

func TestBearers(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, token := s.Admin()
	bearer := s.Do(platformtest.Call{Op: "create-service-key", Token: token, Body: `{"name":"K"}`}).Want(201).Text("bearer")
	b := platformwire.Bearers{Keys: s.Authz, Tokens: s.Verifier, Scopes: []string{"backoffice/platform"}}
	if who, err := b.Verify(t.Context(), token); err != nil || who.Principal != user {
		t.Errorf("a token: %+v, %v", who, err)
	}
	who, err := b.Verify(t.Context(), bearer)
	if err != nil || who.Tenant != tenant || who.Person != "" || who.Session != "" || !slices.Equal(who.Scopes, b.Scopes) || !slices.Equal(who.Methods, []string{"key"}) {
		t.Errorf("a key: %+v, %v", who, err)
	}
	for _, bad := range []string{"", "key_", "key_x.y", "x", bearer + "x", user + ".x"} {
		if who, err := b.Verify(t.Context(), bad); !fault.Is(err, op.RuleNoToken.Code) || who.Tenant != "" {
			t.Errorf("%q: %+v, %v", bad, who, err)
		}
	}
}
