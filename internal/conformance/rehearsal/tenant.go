package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
)

// forgiven is longer than failed attempts to sign in are remembered: those of one tenant must not count in the next.
const forgiven = 20 * time.Minute

// Tenant is a tenant and what the examples that were played in it have answered.
type Tenant struct {
	Sys    *System
	ID     string
	Maker  Caller
	Second Caller // another person of the same tenant: four eyes
	Done   map[string]Answer
	// Keys begins every idempotency key.
	Keys string
	// Relayed says that others take acts up meanwhile: nothing waits for them.
	Relayed bool
	// Ask sends what others build on; nil sends it once.
	Ask func(ctx context.Context, r *Request) (Answer, error)

	keys int
}

// Tenant sets a fresh tenant up, with two people who administer it.
func (s *System) Tenant(ctx context.Context) (*Tenant, error) {
	s.Advance(forgiven)
	tn := &Tenant{Sys: s, ID: s.IDs.New("ten"), Done: map[string]Answer{}, Keys: "walk-"}
	act := s.Seeding(tn.ID)
	platformdb.New(s.DB).AddTenant(act, platform.Tenant{ID: tn.ID, Holder: tn.ID, Name: "Walker", Version: 1})
	tn.Maker = s.AddUser(act, platform.RoleAdministrator, "ailsa@walk.test")
	tn.Second = s.AddUser(act, platform.RoleAdministrator, "bruno@walk.test")
	return tn, s.Seed(ctx, act)
}

// Caller gives who calls an operation's example.
func (tn *Tenant) Caller(spec *op.Spec) Caller {
	if spec.Example.OtherPerson {
		return tn.Second
	}
	return tn.Maker
}

// Key gives a new idempotency key.
func (tn *Tenant) Key() string {
	tn.keys++
	return tn.Keys + strconv.Itoa(tn.keys)
}

// Prepare plays what an operation's example depends on, and gives the example as a request that is ready to be sent. By then
// nothing is pending, unless others see to that: the projections hold all that was done before.
func (tn *Tenant) Prepare(ctx context.Context, o op.Operation) (*Request, error) {
	spec := o.Describe()
	for _, given := range spec.Example.Given {
		if _, err := tn.Run(ctx, given); err != nil {
			return nil, err
		}
	}
	r, err := tn.request(ctx, spec)
	if err != nil {
		return nil, err
	}
	if !tn.Relayed {
		if err := tn.Sys.Settle(ctx, tn.ID); err != nil {
			return nil, err
		}
	}
	if spec.IfMatch {
		etag, err := r.ETag(ctx)
		if err != nil {
			return nil, err
		}
		r.Header.Set("If-Match", etag)
	}
	tn.Sys.Advance(spec.Example.After)
	return r, nil
}

// request fills an operation's example with what others have answered.
func (tn *Tenant) request(ctx context.Context, spec *op.Spec) (*Request, error) {
	r := &Request{Tenant: tn, Spec: spec, Who: tn.Caller(spec), Path: map[string]string{}, Header: http.Header{}}
	text := map[string]string{"path": spec.Example.Path, "query": spec.Example.Query, "body": spec.Example.Body}
	for _, part := range slices.Sorted(maps.Keys(text)) {
		filled, err := tn.Fill(ctx, text[part])
		if err != nil {
			return nil, err
		}
		text[part] = filled
	}
	for pair := range strings.FieldsSeq(text["path"]) {
		name, value, _ := strings.Cut(pair, "=")
		r.Path[name] = value
	}
	query, err := url.ParseQuery(text["query"])
	if err != nil {
		return nil, fmt.Errorf("%s: the example's query: %w", spec.ID, err)
	}
	r.Query = query
	if text["body"] != "" {
		r.Body = []byte(text["body"])
	}
	if spec.Kind != op.Query {
		r.Header.Set("Idempotency-Key", tn.Key())
	}
	return r, nil
}

// Run makes sure that an operation's example has been played in this tenant, and gives its answer.
func (tn *Tenant) Run(ctx context.Context, id string) (Answer, error) {
	if a, done := tn.Done[id]; done {
		return a, nil
	}
	o, err := catalog.Find(id)
	if err != nil {
		return Answer{}, err
	}
	r, err := tn.Prepare(ctx, o)
	if err != nil {
		return Answer{}, err
	}
	send := tn.Ask
	if send == nil {
		send = func(ctx context.Context, r *Request) (Answer, error) { return r.Send(ctx) }
	}
	a, err := send(ctx, r)
	if err != nil {
		return a, err
	}
	if a.Status >= http.StatusBadRequest {
		return a, fmt.Errorf("the example of %s, which others build on, is refused: %s", id, a)
	}
	tn.Done[id] = a
	return a, nil
}

var placeholder = regexp.MustCompile(`\$\{([a-z]+\.[a-z0-9-]+)\.([A-Za-z0-9.]+)\}`)

// Named lists the operations whose answers a text of an example refers to, in order.
func Named(text string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// Fill puts the members of other examples' answers into a text.
func (tn *Tenant) Fill(ctx context.Context, text string) (string, error) {
	var failed error
	filled := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		if failed != nil {
			return found
		}
		m := placeholder.FindStringSubmatch(found)
		a, err := tn.Run(ctx, m[1])
		if err == nil {
			var raw []byte
			if raw, err = tn.member(a, m[2]); err == nil {
				return strings.Trim(string(raw), `"`)
			}
		}
		failed = fmt.Errorf("%s: %w", found, err)
		return found
	})
	return filled, failed
}

// member gives a part of an answer as JSON, by its path. A secret's ".totp" is what an authenticator shows that was set up with it.
func (tn *Tenant) member(a Answer, path string) ([]byte, error) {
	secret, shown := strings.CutSuffix(path, ".totp")
	raw, err := a.member(secret)
	if err != nil || !shown {
		return raw, err
	}
	code, err := totp.GenerateCode(strings.Trim(string(raw), `"`), tn.Sys.Clock())
	return []byte(code), err
}

// member gives a part of an answer as JSON, by its path.
func (a Answer) member(path string) ([]byte, error) {
	var node any
	if err := json.Unmarshal(a.Body, &node); err != nil {
		return nil, fmt.Errorf("an answer that others refer to is no JSON: %s", a)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch n := node.(type) {
		case map[string]any:
			node = n[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(n) {
				return nil, fmt.Errorf("no entry %s of %s in %s", name, path, a)
			}
			node = n[i]
		}
		if node == nil {
			return nil, fmt.Errorf("no member %s in %s", path, a)
		}
	}
	return json.Marshal(node)
}
