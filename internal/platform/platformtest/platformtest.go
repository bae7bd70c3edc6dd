// Package platformtest runs the platform's operations through the real pipeline over a real store, for tests.
package platformtest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backoffice/internal/audit"
	"backoffice/internal/authn"
	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/op"
	"backoffice/internal/page"
	"backoffice/internal/platform"
	"backoffice/internal/platform/password"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/seal/keyring"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
	"backoffice/internal/wire"
)

// signingKey is made once for all tests: making one takes longer than most of them.
var signingKey = sync.OnceValue(func() authn.Key {
	k, err := authn.NewKey()
	if err != nil {
		panic(err)
	}
	return k
})

// Start is the instant at which every test's clock begins.
var Start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

// Password is a first administrator's.
const Password = "slate-otter-winds-north"

// System is the platform as a process has it.
type System struct {
	T        testing.TB
	Env      *wire.Env
	Ports    platform.Ports
	Authz    *platformwire.Authorizer
	Issuer   *authn.Issuer
	Verifier *authn.Verifier
	Runtime  *op.Runtime
	now      time.Time
	keys     atomic.Int64
}

// New makes an empty system in memory. Its clock stands still until it is moved, its password hashes are cheap.
func New(t testing.TB) *System {
	t.Helper()
	s := &System{T: t, now: Start}
	now := func() time.Time { return clock.Truncate(s.now) }
	s.Env = &wire.Env{DB: storetest.Open(t), Clock: now, IDs: id.NewSource(now, nil), Sealer: Ring(t)}
	roots := audit.NewMemory()
	s.Env.Roots, s.Env.RootKey = roots, roots
	s.Open(t)
	return s
}

// Ring makes a ring of one new key for encrypted fields.
func Ring(t testing.TB) *keyring.Ring {
	t.Helper()
	k, err := keyring.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return keyring.New(k)
}

// Open makes ports, authorizer and runtime anew over the same store, as another process would.
func (s *System) Open(t testing.TB) {
	t.Helper()
	ports, err := platformwire.Open(t.Context(), s.Env)
	if err != nil {
		t.Fatalf("open platform: %v", err)
	}
	ports.Passwords = password.NewHasher(password.Parameters{MemoryKiB: 8, Passes: 1, Lanes: 1}, nil)
	ports.Rights = nil // of this domain alone, whatever others there are
	for _, o := range platform.Operations() {
		ports.Rights = append(ports.Rights, o.Describe().Right())
	}
	s.Issuer = authn.NewIssuer("http://127.0.0.1", "backoffice", authn.NewKeys(signingKey()), s.Env.Clock, s.Env.IDs)
	s.Verifier = s.Issuer.Verifier()
	ports.Tokens = s.Issuer
	s.Ports, s.Authz = ports, platformwire.NewAuthorizer(s.Env)
	s.Ports.Authorizer = s.Authz
	cursors, err := page.NewSigner([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	s.Runtime = &op.Runtime{Clock: s.Env.Clock, IDs: s.Env.IDs, Authz: s.Authz, Acts: store.NewActs(s.Env.DB, nil), Cursors: cursors, Log: slog.New(slog.DiscardHandler)}
}

// Advance moves the clock on.
func (s *System) Advance(d time.Duration) { s.now = s.now.Add(d) }

// Call is one call of an operation.
type Call struct {
	Op    string
	Token string // bearer; "" for none
	Path  string // path parameters as name=value, space separated
	Query string
	Body  string
	Match int    // version for If-Match; 0 for none
	Key   string // Idempotency-Key; "" for a new one
	Meter *store.Meter
}

// Answer is what came back.
type Answer struct {
	T      testing.TB
	Status int
	Header http.Header
	Body   []byte
}

// Do runs a call.
func (s *System) Do(c Call) Answer {
	s.T.Helper()
	req := &op.Request{ID: "req", Path: map[string]string{}, Header: http.Header{}, Body: []byte(c.Body), Address: "/"}
	for pair := range strings.FieldsSeq(c.Path) {
		name, value, _ := strings.Cut(pair, "=")
		req.Path[name] = value
	}
	var err error
	if req.Query, err = url.ParseQuery(c.Query); err != nil {
		s.T.Fatal(err)
	}
	if c.Key == "" {
		c.Key = fmt.Sprintf("key-%d", s.keys.Add(1))
	}
	req.Header.Set("Idempotency-Key", c.Key)
	if c.Match > 0 {
		req.Header.Set("If-Match", fmt.Sprintf("\"v%d\"", c.Match))
	}
	if c.Token != "" {
		who, refused := s.identify(c.Token)
		if refused != nil {
			return answer(s.T, op.Refuse(refused, "req"))
		}
		req.Identity = &who
	}
	return s.serve(c, req)
}

// DoAs runs a call for an identity that no token gives: the system's own.
func (s *System) DoAs(who op.Identity, c Call) Answer {
	s.T.Helper()
	return s.serve(c, &op.Request{ID: "req", Path: map[string]string{}, Header: http.Header{}, Body: []byte(c.Body), Address: "/", Identity: &who})
}

func (s *System) serve(c Call, req *op.Request) Answer {
	s.T.Helper()
	ctx := s.T.Context()
	if c.Meter != nil {
		ctx = store.WithMeter(ctx, c.Meter)
	}
	return answer(s.T, s.find(c.Op).Serve(ctx, s.Runtime, s.Ports, req))
}

func (s *System) identify(token string) (op.Identity, error) {
	b := platformwire.Bearers{Keys: s.Authz, Tokens: s.Verifier, Scopes: platform.Scopes(s.Ports.Rights)}
	return b.Verify(s.T.Context(), token)
}

func (s *System) find(name string) op.Operation {
	s.T.Helper()
	for _, o := range platform.Operations() {
		if o.Describe().ID == "platform."+name {
			return o
		}
	}
	s.T.Fatalf("no operation %s", name)
	return nil
}

func answer(t testing.TB, r *op.Response) Answer {
	a := Answer{T: t, Status: r.Status, Header: r.Header, Body: r.Body}
	if r.Problem != nil && r.Problem.Kind == "internal" {
		t.Logf("internal: %v", r.Problem)
	}
	return a
}

// Want ends the test unless the answer has the status.
func (a Answer) Want(status int) Answer {
	a.T.Helper()
	if a.Status != status {
		a.T.Fatalf("status %d, want %d: %s", a.Status, status, a.Body)
	}
	return a
}

// WantCode ends the test unless the answer is the refusal by a rule, at a field if one is named.
func (a Answer) WantCode(code string, pointers ...string) Answer {
	a.T.Helper()
	var p op.Problem
	if err := json.Unmarshal(a.Body, &p); err != nil || p.Code != code {
		a.T.Fatalf("code %q, want %q: %d %s", p.Code, code, a.Status, a.Body)
	}
	for i, pointer := range pointers {
		if i >= len(p.Errors) || p.Errors[i].Pointer != pointer {
			a.T.Fatalf("pointer %d of %s, want %s", i, a.Body, pointer)
		}
	}
	return a
}

// Text gives a member of the answer.
func (a Answer) Text(name string) string {
	a.T.Helper()
	v, ok := a.Member(name).(string)
	if !ok {
		a.T.Fatalf("no text %q in %s", name, a.Body)
	}
	return v
}

// Member gives a member of the answer as JSON has it, nil for none.
func (a Answer) Member(name string) any {
	a.T.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.Body, &m); err != nil {
		a.T.Fatalf("no object: %s", a.Body)
	}
	return m[name]
}

// Admin makes the first tenant with its administrator, and signs in.
func (s *System) Admin() (tenant, user, token string) {
	s.T.Helper()
	code, err := platformwire.OfferClaim(s.T.Context(), s.Env)
	if err != nil || code == "" {
		s.T.Fatalf("no claim: %v", err)
	}
	a := s.Do(Call{Op: "claim-first-administrator", Body: fmt.Sprintf(`{"code":%q,"organisation":"Thistle","name":"Ailsa Kerr","email":"ailsa@example.com","password":%q}`, code, Password)}).Want(201)
	return a.Text("tenant"), a.Text("user"), s.SignIn("ailsa@example.com", Password, "").Text("accessToken")
}

// SignIn opens a session.
func (s *System) SignIn(email, text, tenant string) Answer {
	s.T.Helper()
	body := fmt.Sprintf(`{"email":%q,"password":%q}`, email, text)
	if tenant != "" {
		body = fmt.Sprintf(`{"email":%q,"password":%q,"tenant":%q}`, email, text, tenant)
	}
	return s.Do(Call{Op: "sign-in", Body: body}).Want(201)
}

// User makes a person who reports to a manager ("" for nobody) and a user, by an administrator's token; the password is
// Password.
func (s *System) User(token, name, manager string) (person, user string) {
	s.T.Helper()
	body := fmt.Sprintf(`{"name":%q}`, name)
	if manager != "" {
		body = fmt.Sprintf(`{"name":%q,"manager":%q}`, name, manager)
	}
	person = s.Do(Call{Op: "create-person", Token: token, Body: body}).Want(201).Text("id")
	user = s.Do(Call{Op: "create-user", Token: token, Body: fmt.Sprintf(`{"email":"%s@example.com","person":%q,"password":%q}`, name, person, Password)}).Want(201).Text("id")
	return person, user
}

// Grant gives a role by an administrator's token.
func (s *System) Grant(token, principal, role, scope string) string {
	s.T.Helper()
	return s.Do(Call{Op: "grant-role", Token: token, Path: "principalId=" + principal, Body: fmt.Sprintf(`{"role":%q,"scope":%q}`, role, scope)}).Want(201).Text("id")
}

// Own gives a user of that name the rights, in a role of its own with a scope, and signs in.
func (s *System) Own(token, name, scope string, rights ...string) (person, user, own string) {
	s.T.Helper()
	person, user = s.User(token, name, "")
	list, err := json.Marshal(rights)
	if err != nil {
		s.T.Fatal(err)
	}
	role := s.Do(Call{Op: "create-role", Token: token, Body: fmt.Sprintf(`{"name":%q,"rights":%s}`, name, list)}).Want(201).Text("id")
	s.Grant(token, user, role, scope)
	return person, user, s.SignIn(name+"@example.com", Password, "").Text("accessToken")
}
