// Package conformance walks every operation of the catalogue, over real HTTP or through the host's invoker, and holds each
// against every convention of the interface. A new operation is covered by being in the catalogue; it is freed from a rule
// only by an exemption in its spec, which a golden file lists with its reason.
package conformance

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"backoffice/internal/authn"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/op"
)

// system is the host with a store of its own, as one operation uses it under one rule.
type system struct {
	*rehearsal.System
	server *httptest.Server
	log    *faultLog
	gate   *gate
}

// signingKey is made once: making it costs more than a whole system.
var signingKey = sync.OnceValues(authn.NewKey)

// open starts a system with an empty store, served over real HTTP, which ends with the test.
func open(t *testing.T) *system {
	t.Helper()
	key, err := signingKey()
	if err != nil {
		t.Fatal(err)
	}
	s := &system{log: &faultLog{}, gate: &gate{}}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelError}))
	if s.System, err = rehearsal.Open(t.Context(), rehearsal.Options{Key: key, Log: log, Gate: s.gate}); err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewServer(s.Host)
	s.Client, s.Address = client, s.server.URL
	t.Cleanup(func() {
		s.server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// tenant is a fresh tenant and what the examples run in it have answered.
type tenant struct {
	*rehearsal.Tenant
	sys *system
}

// tenant sets a fresh tenant up, with two people who administer it.
func (s *system) tenant(t *testing.T) *tenant {
	t.Helper()
	tn, err := s.Tenant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &tenant{tn, s}
}

// prepare runs what an operation's example depends on, and gives the example as a request that is ready to be sent.
func (tn *tenant) prepare(t *testing.T, o op.Operation) *request {
	t.Helper()
	r, err := tn.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return &request{Request: *r, sys: tn.sys}
}

// etag reads the version of the record that a call is about.
func (tn *tenant) etag(t *testing.T, r *request) string {
	t.Helper()
	etag, err := r.ETag(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return etag
}

// faultLog keeps what the host logs as an error: the cause behind a status of 500 and above.
type faultLog struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write keeps one line.
func (l *faultLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *faultLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// client follows no redirects and keeps no cookies.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
