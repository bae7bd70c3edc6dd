package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// request is one call, ready to be sent or to be spoilt.
type request struct {
	sys     *system
	spec    *op.Spec
	who     caller
	path    map[string]string
	query   url.Values
	header  http.Header
	body    []byte
	noToken bool
	method  string // instead of the operation's own
}

// but gives a changed copy.
func (r *request) but(change func(r *request)) *request {
	out := *r
	out.path, out.query, out.header, out.body = maps.Clone(r.path), url.Values{}, r.header.Clone(), slices.Clone(r.body)
	for name, v := range r.query {
		out.query[name] = slices.Clone(v)
	}
	change(&out)
	return &out
}

// withKey gives a copy under another idempotency key.
func (r *request) withKey(key string) *request {
	return r.but(func(r *request) { r.header.Set("Idempotency-Key", key) })
}

func (r *request) url() string {
	path := parameter.ReplaceAllStringFunc(r.spec.Path(), func(p string) string { return url.PathEscape(r.path[strings.Trim(p, "{}")]) })
	if len(r.query) > 0 {
		path += "?" + r.query.Encode()
	}
	return path
}

// send calls the operation, holds the answer against what every answer must be, and gives it.
func (r *request) send(t *testing.T) answer {
	t.Helper()
	var a answer
	if r.spec.HTTP() {
		a = r.overHTTP(t)
	} else {
		a = r.invoke(t)
	}
	r.sound(t, a)
	return a
}

func (r *request) overHTTP(t *testing.T) answer {
	t.Helper()
	method := r.method
	if method == "" {
		method = r.spec.Method()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, r.sys.server.URL+r.url(), bytes.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.header.Clone()
	if !r.noToken && r.spec.Public == "" {
		req.Header.Set("Authorization", "Bearer "+r.who.token())
	}
	if len(r.body) > 0 && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: body}
}

// invoke calls a task, subscriber or job as the host's invoker does, and gives its outcome in the form of an answer.
func (r *request) invoke(t *testing.T) answer {
	t.Helper()
	body, err := r.sys.host.Invoke(t.Context(), r.spec.ID, r.who.Tenant, r.header.Get("Idempotency-Key"), r.body)
	if err == nil {
		return answer{status: r.spec.SuccessStatus(), header: http.Header{"Content-Type": {"application/json"}}, body: body}
	}
	var refusal *fault.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("%s fails without a refusal: %v", r.spec.ID, err)
	}
	resp := op.Refuse(refusal, "invoked")
	resp.Header.Set("X-Request-Id", "invoked")
	if refusal.Kind == fault.Internal {
		_, _ = fmt.Fprintln(r.sys.log, refusal.Error())
	}
	return answer{status: resp.Status, header: resp.Header, body: resp.Body}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string {
	body := string(a.body)
	if len(body) > 600 {
		body = body[:600] + "…"
	}
	return fmt.Sprintf("%d %s", a.status, strings.TrimSpace(body))
}

func (a answer) ok() bool { return a.status < http.StatusBadRequest }

// problem reads the refusal.
func (a answer) problem(t *testing.T) op.Problem {
	t.Helper()
	var p op.Problem
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		t.Fatalf("a refusal is no problem document (%v): %s", err, a)
	}
	return p
}

// refuses expects a refusal by one rule and gives it.
func (r *request) refuses(t *testing.T, status int, rule fault.Rule, why string) op.Problem {
	t.Helper()
	a := r.send(t)
	if a.ok() {
		t.Errorf("%s: wanted %d %s, got %s", why, status, rule.Code, a)
		return op.Problem{}
	}
	p := a.problem(t)
	if a.status != status || p.Code != rule.Code {
		t.Errorf("%s: wanted %d %s, got %s", why, status, rule.Code, a)
	}
	return p
}

// points expects a refusal that names a field.
func (r *request) points(t *testing.T, status int, rule fault.Rule, pointer, why string) {
	t.Helper()
	a := r.send(t)
	if a.ok() {
		t.Errorf("%s: wanted %d %s at %s, got %s", why, status, rule.Code, pointer, a)
		return
	}
	p := a.problem(t)
	named := slices.ContainsFunc(p.Errors, func(f fault.Field) bool { return f.Pointer == pointer && f.Code == rule.Code })
	if a.status != status || !named {
		t.Errorf("%s: wanted %d %s at %s, got %s", why, status, rule.Code, pointer, a)
	}
}

// works expects success and gives the answer.
func (r *request) works(t *testing.T, why string) answer {
	t.Helper()
	a := r.send(t)
	if !a.ok() {
		t.Fatalf("%s: wanted success, got %s", why, a)
	}
	return a
}
