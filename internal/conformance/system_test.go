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
	"time"

	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/host/localhost"
	"backoffice/internal/id"
	"backoffice/internal/op"
	"backoffice/internal/page"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
	"backoffice/internal/wire"
)

// begin is the instant at which every walk starts.
var begin = time.Date(2026, 6, 15, 9, 0, 0, 0, time.UTC)

// system is the host with a store of its own, as one operation uses it under one rule.
type system struct {
	db     *store.DB
	host   *localhost.Host
	server *httptest.Server
	ids    *id.Source
	log    *faultLog
	acts   *store.Acts
	authz  *platformwire.Authorizer

	mu  sync.Mutex
	now time.Time
}

// open starts a system with an empty store, which ends with the test.
func open(t *testing.T) *system {
	t.Helper()
	s := &system{db: storetest.Open(t), now: begin, log: &faultLog{}}
	s.ids = id.NewSource(s.clock, nil)
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelError}))
	cfg := config.Config{TablePrefix: "test", CursorKey: []byte(strings.Repeat("k", 32)), Issuer: "https://issuer.test", Audience: "backoffice", Stage: "test"}
	signer, err := page.NewSigner(cfg.CursorKey)
	if err != nil {
		t.Fatal(err)
	}
	env := &wire.Env{Config: cfg, DB: s.db, Clock: s.clock, IDs: s.ids}
	s.acts, s.authz = store.NewActs(s.db, nil), platformwire.NewAuthorizer(env)
	rt := &op.Runtime{Clock: s.clock, IDs: s.ids, Authz: rights{s.authz}, Acts: s.acts, Cursors: signer, Log: log}
	bus := &localhost.Bus{}
	env.Bus = bus
	adjust, err := s.adjust(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if s.host, err = localhost.New(t.Context(), env, rt, verifier{s}, localhost.Rate{}, adjust); err != nil {
		t.Fatal(err)
	}
	bus.Attach(s.host)
	s.server = httptest.NewServer(s.host)
	t.Cleanup(s.server.Close)
	return s
}

// clock stands still but for what advance adds.
func (s *system) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *system) advance(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(by)
}

// settle has every act of a tenant taken up.
func (s *system) settle(t *testing.T, tenant string) {
	t.Helper()
	for _, d := range catalog.Domains() {
		if _, err := catalog.Find(d.Name + ".take-up-acts"); err != nil {
			continue // nothing follows from this domain's acts
		}
		if err := s.host.TakeUp(t.Context(), d.Name, tenant); err != nil {
			t.Fatal(err)
		}
	}
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
