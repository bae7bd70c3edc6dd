package e2e_test

import (
	"context"
	"testing"

	"backoffice/internal/e2e"
)

// What is read again after a restore is there before it, and so are the shut door and the job that goes on.
func TestWhatARestoreIsHeldAgainst(t *testing.T) {
	h := start(t, nil)
	said := 0
	done := func(string) { said++ }
	r, err := e2e.Books(t.Context(), h, done)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Answers(t.Context(), done); err != nil {
		t.Error(err)
	}
	shut := func(body string) {
		t.Helper()
		if _, err := h.sys.Host.Invoke(t.Context(), "platform.set-maintenance", "", "", []byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	shut(`{"on":true,"by":"Rona Muir","reason":"A test"}`)
	if err := r.Shut(t.Context()); err != nil {
		t.Error(err)
	}
	shut(`{"on":false,"by":"Rona Muir","reason":"A test"}`)
	if err := r.Opened(t.Context()); err != nil {
		t.Error(err)
	}
	asked := false
	job, err := r.Begin(t.Context(), func(context.Context) error { asked = true; return nil })
	if err != nil || !asked {
		t.Fatal(err, asked)
	}
	if err := r.End(t.Context(), job); err != nil {
		t.Error(err)
	}
	if err := r.Answers(t.Context(), done); err == nil {
		t.Error("the balances have moved, and are held to be as they were")
	}
	if said < 15 || r.Tenant() == "" {
		t.Errorf("%d steps were told of, of the tenant %q", said, r.Tenant())
	}
}
