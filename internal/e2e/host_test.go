package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backoffice/infra/onprem/system"
	"backoffice/internal/clock"
	"backoffice/internal/e2e"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/relay"
)

// host is the whole system in this process, reached over HTTP on a random loopback port. Its clock is the machine's, and runs
// ahead of it after Later.
type host struct {
	url    string
	sys    *system.System
	ahead  atomic.Int64
	client *http.Client

	mu    sync.Mutex
	heard []relay.Event // that the bus has delivered
}

// wrap stands between the suite and the host, for tests that plant a fault; nil leaves the host as it is.
type wrap func(http.Handler) http.Handler

func start(t *testing.T, between wrap) *host {
	t.Helper()
	h := &host{client: &http.Client{Timeout: time.Minute}}
	var serving atomic.Pointer[http.Handler]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*serving.Load()).ServeHTTP(w, r) }))
	h.url = server.URL
	sys, err := system.Open(t.Context(), system.Options{Dir: t.TempDir(), Address: server.URL,
		Clock: func() time.Time { return clock.System().Add(time.Duration(h.ahead.Load())) }, Hear: h.hear})
	if err != nil {
		server.Close()
		t.Fatal(err)
	}
	h.sys = sys
	var handler http.Handler = sys.Host
	if between != nil {
		handler = between(handler)
	}
	serving.Store(&handler)
	t.Cleanup(func() {
		server.Close()
		if err := sys.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *host) Base(string) string { return h.url }

func (h *host) Client() *http.Client { return h.client }

func (h *host) Claim(ctx context.Context) (string, error) {
	return platformwire.OfferClaim(ctx, h.sys.Env)
}

func (h *host) SignIn(ctx context.Context, who e2e.Person) (string, error) {
	body, err := json.Marshal(map[string]string{"email": who.Email, "password": who.Password})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url+"/platform/v1/sessions", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {"sign-in-" + who.Email}}
	resp, err := h.client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	var session struct{ AccessToken string }
	if err := json.NewDecoder(resp.Body).Decode(&session); err != nil || session.AccessToken == "" {
		return "", errors.Join(fmt.Errorf("signing in was answered with %d", resp.StatusCode), err)
	}
	return session.AccessToken, nil
}

func (h *host) Later(_ context.Context, d time.Duration) error {
	h.ahead.Add(int64(max(d, 0)))
	return nil
}

func (h *host) hear(e relay.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.heard = append(h.heard, e)
}

func (h *host) Listen(_ context.Context, kind string) (e2e.Heard, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	begin := len(h.heard)
	return func(context.Context) ([]json.RawMessage, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		var out []json.RawMessage
		for _, e := range h.heard[begin:] {
			if e.Kind != kind {
				continue
			}
			raw, err := json.Marshal(e)
			if err != nil {
				return nil, err
			}
			out = append(out, raw)
		}
		return out, nil
	}, nil
}

// The suite passes against the host, which runs everything that the cloud stacks deploy in one process.
func TestHost(t *testing.T) {
	passed, begun := 0, time.Now()
	r, err := e2e.Play(t.Context(), start(t, nil), func(step string) { passed++; t.Logf("%s: %s", time.Since(begun).Round(time.Millisecond), step) })
	if err != nil {
		t.Fatal(err)
	}
	if passed != len(e2e.Steps()) {
		t.Errorf("%d of %d steps", passed, len(e2e.Steps()))
	}
	for _, p := range r.Probes() {
		for range 2 {
			if err := p.Do(t.Context()); err != nil {
				t.Errorf("%s: %v", p.Operation, err)
			}
		}
	}
}
