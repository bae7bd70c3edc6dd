package conformance

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"backoffice/internal/authn"
	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/host/localhost"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/password"
	"backoffice/internal/platform/platformdb"
)

// signingKey is made once: making it costs more than a whole system.
var signingKey = sync.OnceValues(authn.NewKey)

// adjust gives the platform's ports what a process gives them: an issuer, the authorizer, every right. Password hashes are cheap.
func (s *system) adjust(cfg config.Config) (localhost.Adjust, error) {
	key, err := signingKey()
	if err != nil {
		return nil, err
	}
	issuer := authn.NewIssuer(cfg.Issuer, cfg.Audience, authn.NewKeys(key), s.clock, s.ids)
	return func(_ string, ports any) any {
		p, ok := ports.(platform.Ports)
		if !ok {
			return ports
		}
		p.Tokens, p.Authorizer, p.Rights = issuer, s.authz, catalog.Rights()
		p.Passwords = password.NewHasher(password.Parameters{MemoryKiB: 8, Passes: 1, Lanes: 1}, nil)
		return p
	}, nil
}

// caller is who calls; its JSON is the bearer token of the walk.
type caller struct {
	Tenant  string   `json:"tenant"`
	User    string   `json:"user"`
	Person  string   `json:"person"`
	Refused []string `json:"refused,omitempty"` // rights that this caller lacks
	// Age is how long ago the caller signed in.
	Age time.Duration `json:"age,omitempty"`
}

func (c caller) token() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// verifier reads the walk's tokens. Its answer to anything else is that of every verifier.
type verifier struct{ sys *system }

// Verify turns a token into an identity that has proved itself strongly.
func (v verifier) Verify(_ context.Context, token string) (op.Identity, error) {
	c, err := callerOf(token)
	if err != nil || c.Tenant == "" {
		return op.Identity{}, op.RuleNoToken.Err()
	}
	return op.Identity{Tenant: c.Tenant, Principal: c.User, Person: c.Person, Session: token, Scopes: platform.Scopes(catalog.Rights()),
		Methods: []string{"pwd", "otp"}, AuthTime: v.sys.clock().Add(-c.Age)}, nil
}

func callerOf(token string) (caller, error) {
	var c caller
	return c, json.Unmarshal([]byte(token), &c)
}

// rights refuses what a caller's token names as lacking, and has the platform decide on everything else.
type rights struct{ platform op.Authorizer }

// Authorize decides on a call.
func (r rights) Authorize(ctx context.Context, who op.Identity, spec op.Spec, at time.Time) (op.Grant, error) {
	c, err := callerOf(who.Session)
	if err != nil || slices.Contains(c.Refused, spec.Right()) {
		return op.Grant{}, op.RuleForbidden.Err()
	}
	return r.platform.Authorize(ctx, who, spec, at)
}

// seeding is the operation in whose name the walk puts people into a tenant.
var seeding = op.Spec{ID: "platform.walk", Kind: op.Command}

func (s *system) seed(tenant string) *op.Act {
	return &op.Act{ID: s.ids.New("act"), Tenant: tenant, Operation: seeding.ID, Principal: op.SystemPrincipal, At: s.clock(), Status: seeding.SuccessStatus()}
}

// forgiven is longer than failed attempts to sign in are remembered: those of one tenant must not count in the next.
const forgiven = 20 * time.Minute

// tenant sets a fresh tenant up, with two people who administer it.
func (s *system) tenant(t *testing.T) *tenant {
	t.Helper()
	s.advance(forgiven)
	tn := &tenant{sys: s, id: s.ids.New("ten"), done: map[string]answer{}}
	act := s.seed(tn.id)
	records := platformdb.New(s.db)
	records.AddTenant(act, platform.Tenant{ID: tn.id, Holder: tn.id, Name: "Walker", Version: 1})
	tn.maker = s.user(act, records, platform.RoleAdministrator, "ailsa@walk.test")
	tn.second = s.user(act, records, platform.RoleAdministrator, "bruno@walk.test")
	if err := s.acts.Commit(t.Context(), &seeding, act); err != nil {
		t.Fatal(err)
	}
	return tn
}

// user adds a person with a user, and the user's role over everything; no role for "".
func (s *system) user(act *op.Act, records *platformdb.Records, role, email string) caller {
	c := caller{Tenant: act.Tenant, User: s.ids.New("usr"), Person: s.ids.New("per")}
	records.AddPerson(act, act.Tenant, platform.Person{ID: c.Person, Name: "Walker", Version: 1})
	records.AddUser(act, act.Tenant, platform.User{ID: c.User, Email: email, Person: c.Person, State: platform.StateActive, Version: 1})
	if role != "" {
		records.AddAssignment(act, act.Tenant, platform.Assignment{ID: s.ids.New("ras"), Principal: c.User, Role: role, Scope: string(op.All),
			State: platform.StateActive, Version: 1})
	}
	return c
}

// Each built-in role is let in or kept out as the matrix of roles and operations says. The request itself is spoilt: whoever
// is let in learns that, and nothing happens.
func checkRoles(t *testing.T, s *subject) {
	r := s.ready(t).but(setting("colour", "1"))
	act := s.sys.seed(s.id)
	users := map[string]caller{}
	for _, role := range append(platform.BuiltInRoles(), "") {
		users[role] = s.sys.user(act, platformdb.New(s.sys.db), role, "role-"+role+"@walk.test")
	}
	if err := s.sys.acts.Commit(t.Context(), &seeding, act); err != nil {
		t.Fatal(err)
	}
	for role, user := range users {
		a := r.but(func(r *request) { r.who = user }).send(t)
		let := platform.RoleAllows(role, s.spec.Right()) || platform.RoleAllows(platform.RoleEveryone, s.spec.Right())
		if want := map[bool]string{true: op.RuleUnknown.Code, false: op.RuleForbidden.Code}[let]; a.ok() || a.problem(t).Code != want {
			t.Errorf("the role %q: wanted %s, got %s", role, want, a)
		}
	}
}

// Where an operation asks for a fresh sign-in, an older one does not do, and the answer says how fresh it must be.
func checkStepUp(t *testing.T, s *subject) {
	r := s.ready(t)
	before := s.sys.snapshot(t)
	old := r.but(func(r *request) { r.who.Age = s.spec.StepUp + time.Second })
	old.refuses(t, http.StatusUnauthorized, op.RuleStepUp, "an old sign-in")
	if how := old.send(t).header.Get("WWW-Authenticate"); !strings.Contains(how, "insufficient_user_authentication") || !strings.Contains(how, "max_age") {
		t.Errorf("WWW-Authenticate is %q", how)
	}
	s.sys.unchanged(t, before, "a call with an old sign-in")
	r.but(func(r *request) { r.who.Age = s.spec.StepUp }).works(t, "a sign-in that is just fresh enough")
}
