// Package optest calls operations in tests through the real pipeline over a real store, without HTTP.
package optest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/config"
	"backoffice/internal/id"
	"backoffice/internal/op"
	"backoffice/internal/page"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// Start is the instant at which the kit's clock begins.
var Start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// Kit is a pipeline with a clock that tests move, ids from a seed, and an authorizer that grants everything.
type Kit struct {
	t       testing.TB
	Runtime *op.Runtime
	Env     *wire.Env
	Ports   any
	Tenant  string
	now     time.Time
	keys    int
}

// New makes a kit over a store. committed, if any, hears of acts that wait for the relay.
func New(t testing.TB, db *store.DB, committed func(table, tenant, act string)) *Kit {
	t.Helper()
	k := &Kit{t: t, now: Start}
	cursors, err := page.NewSigner([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	ids := id.NewSource(k.Now, &repeatable{})
	k.Env = &wire.Env{Config: config.Config{}, DB: db, Clock: k.Now, IDs: ids}
	k.Runtime = &op.Runtime{Clock: k.Now, IDs: ids, Authz: AllowAll{}, Acts: store.NewActs(db, committed), Cursors: cursors,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	k.Tenant = ids.New("ten")
	return k
}

// repeatable gives the same bytes in every run: SHA-256 over a counter.
type repeatable struct{ n uint64 }

// Read fills p.
func (r *repeatable) Read(p []byte) (int, error) {
	for at := 0; at < len(p); r.n++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, r.n))
		at += copy(p[at:], sum[:])
	}
	return len(p), nil
}

// Now is the kit's clock.
func (k *Kit) Now() time.Time { return clock.Truncate(k.now) }

// Later moves the clock.
func (k *Kit) Later(d time.Duration) { k.now = k.now.Add(d) }

// AllowAll grants every right to everyone.
type AllowAll struct{}

// Authorize grants.
func (AllowAll) Authorize(context.Context, op.Identity, op.Spec, time.Time) (op.Grant, error) {
	return op.Grant{Breadth: op.All}, nil
}

// Call is one call of an operation; only Op is needed.
type Call struct {
	Op      op.Operation
	Path    map[string]string
	Query   string
	Body    any // marshalled unless a string
	Key     string
	Version int
	As      string // principal; usr_test unless given
	Tenant  string
	Context context.Context
}

// Answer is what came back.
type Answer struct {
	*op.Response
	t testing.TB
}

// Do makes a call with a fresh idempotency key unless one is given.
func (k *Kit) Do(c Call) Answer {
	k.t.Helper()
	q, err := url.ParseQuery(c.Query)
	if err != nil {
		k.t.Fatal(err)
	}
	if c.Key == "" {
		k.keys++
		c.Key = fmt.Sprintf("key-%d", k.keys)
	}
	if c.As == "" {
		c.As = "usr_test"
	}
	if c.Tenant == "" {
		c.Tenant = k.Tenant
	}
	if c.Context == nil {
		c.Context = k.t.Context()
	}
	h := http.Header{"Idempotency-Key": {c.Key}, "Content-Type": {"application/json"}}
	if c.Version > 0 {
		h.Set("If-Match", fmt.Sprintf("\"v%d\"", c.Version))
	}
	req := &op.Request{ID: "req_test", Identity: &op.Identity{Tenant: c.Tenant, Principal: c.As, Person: "per_" + c.As}, Path: c.Path, Query: q, Header: h,
		Body: body(k.t, c.Body), Address: "/test"}
	if req.Path == nil {
		req.Path = map[string]string{}
	}
	return Answer{Response: c.Op.Serve(c.Context, k.Runtime, k.Ports, req), t: k.t}
}

func body(t testing.TB, v any) []byte {
	switch b := v.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Must reads the answer's body, failing the test unless the call succeeded.
func (a Answer) Must(into any) Answer {
	a.t.Helper()
	if a.Status >= 300 {
		a.t.Fatalf("status %d: %s (cause: %v)", a.Status, a.Body, cause(a))
	}
	if into != nil {
		if err := json.Unmarshal(a.Body, into); err != nil {
			a.t.Fatalf("answer %s: %v", a.Body, err)
		}
	}
	return a
}

func cause(a Answer) error {
	if a.Problem == nil {
		return nil
	}
	return a.Problem.Cause
}

// Refused fails the test unless the call was refused with a status and, as code:pointer texts in any order, these faults;
// a refusal that names no field is given as its bare code.
func (a Answer) Refused(status int, faults ...string) {
	a.t.Helper()
	var p op.Problem
	if err := json.Unmarshal(a.Body, &p); err != nil {
		a.t.Fatalf("no problem: %d %s", a.Status, a.Body)
	}
	got := map[string]bool{}
	for _, e := range p.Errors {
		got[e.Code+":"+e.Pointer] = true
	}
	if len(p.Errors) == 0 {
		got[p.Code] = true
	}
	ok := a.Status == status && len(got) == len(faults)
	for _, f := range faults {
		ok = ok && got[f]
	}
	if !ok {
		a.t.Errorf("refused with %d %v, want %d %v: %s (cause: %v)", a.Status, keys(got), status, faults, a.Body, cause(a))
	}
}

func keys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
