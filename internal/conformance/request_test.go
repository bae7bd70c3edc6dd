package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// request is one call, ready to be sent or to be spoilt.
type request struct {
	rehearsal.Request
	sys *system
}

// but gives a changed copy.
func (r *request) but(change func(r *request)) *request {
	out := &request{Request: r.Clone(), sys: r.sys}
	change(out)
	return out
}

// withKey gives a copy under another idempotency key.
func (r *request) withKey(key string) *request {
	return r.but(func(r *request) { r.Header.Set("Idempotency-Key", key) })
}

// send calls the operation, holds the answer against what every answer must be, and gives it.
func (r *request) send(t *testing.T) answer {
	t.Helper()
	return r.sendIn(t.Context(), t)
}

func (r *request) sendIn(ctx context.Context, t tester) answer {
	t.Helper()
	got, err := r.Send(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got.Cause != nil && got.Cause.Kind == fault.Internal {
		_, _ = fmt.Fprintln(r.sys.log, got.Cause.Error())
	}
	a := answer{got}
	r.sound(t, a)
	return a
}

// answer is what came back.
type answer struct{ rehearsal.Answer }

// problem reads the refusal.
func (a answer) problem(t tester) op.Problem {
	t.Helper()
	var p op.Problem
	dec := json.NewDecoder(bytes.NewReader(a.Body))
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
	if a.OK() {
		t.Errorf("%s: wanted %d %s, got %s", why, status, rule.Code, a)
		return op.Problem{}
	}
	p := a.problem(t)
	if a.Status != status || p.Code != rule.Code {
		t.Errorf("%s: wanted %d %s, got %s", why, status, rule.Code, a)
	}
	return p
}

// points expects a refusal that names a field.
func (r *request) points(t *testing.T, status int, rule fault.Rule, pointer, why string) {
	t.Helper()
	a := r.send(t)
	if a.OK() {
		t.Errorf("%s: wanted %d %s at %s, got %s", why, status, rule.Code, pointer, a)
		return
	}
	p := a.problem(t)
	named := slices.ContainsFunc(p.Errors, func(f fault.Field) bool { return f.Pointer == pointer && f.Code == rule.Code })
	if a.Status != status || !named {
		t.Errorf("%s: wanted %d %s at %s, got %s", why, status, rule.Code, pointer, a)
	}
}

// works expects success and gives the answer.
func (r *request) works(t *testing.T, why string) answer {
	t.Helper()
	a := r.send(t)
	if !a.OK() {
		t.Fatalf("%s: wanted success, got %s", why, a)
	}
	return a
}
