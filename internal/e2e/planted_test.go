package e2e_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"backoffice/internal/e2e"
)

// instead answers requests that match by itself, as a broken system would.
func instead(matches func(*http.Request) bool, status int, body string) wrap {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !matches(r) {
				next.ServeHTTP(w, r)
				return
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
}

// altered changes requests on their way in.
func altered(change func(*http.Request)) wrap {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			change(r)
			next.ServeHTTP(w, r)
		})
	}
}

// answered changes answers on their way out.
func answered(change func(r *http.Request, status int, body []byte) (int, []byte)) wrap {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			kept := httptest.NewRecorder()
			next.ServeHTTP(kept, r)
			status, body := change(r, kept.Code, kept.Body.Bytes())
			for name, values := range kept.Header() {
				if name != "Content-Length" {
					w.Header()[name] = values
				}
			}
			w.WriteHeader(status)
			_, _ = w.Write(body)
		})
	}
}

// without takes a parameter out of the query.
func without(name string) wrap {
	return altered(func(r *http.Request) {
		q := r.URL.Query()
		q.Del(name)
		r.URL.RawQuery = q.Encode()
	})
}

func ends(suffix string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, suffix) }
}

// Each fault is found, by the step that is about it. A suite that passes over a broken system would prove nothing.
func TestPlantedFaultsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		fault wrap
		step  string // what its name holds
	}{
		"an open door":     {instead(func(r *http.Request) bool { return r.Header.Get("Authorization") == "" && ends("/session")(r) }, 200, "{}"), "without a token"},
		"an unwell system": {instead(ends("/health"), 503, "{}"), "is well"},
		"no such page":     {instead(func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/problems/") }, 404, "{}"), "address of its rule"},
		"keys forgotten": {altered(func(r *http.Request) {
			if r.Header.Get("Idempotency-Key") == "e2e-entity" {
				r.Header.Set("Idempotency-Key", rand.Text())
			}
		}), "same key"},
		"a secret shown again": {answered(func(r *http.Request, status int, body []byte) (int, []byte) {
			if r.Method == http.MethodGet && ends("/second-factor")(r) {
				body = bytes.Replace(body, []byte(`{`), []byte(`{"secret":"JBSWY3DPEHPK3PXP",`), 1)
			}
			return status, body
		}), "is not shown again"},
		"dry runs kept":     {without("dryRun"), "dry run"},
		"versions ignored":  {answered(softened(http.StatusPreconditionFailed)), "another version"},
		"an echo":           {answered(echoing), "problem document"},
		"cursors forgotten": {without("cursor"), "in pages"},
		"two eyes": {answered(func(r *http.Request, status int, body []byte) (int, []byte) {
			if ends("/post")(r) {
				return softened(http.StatusForbidden)(r, status, body)
			}
			return status, body
		}), "may not post"},
		"a penny lost": {answered(func(_ *http.Request, status int, body []byte) (int, []byte) {
			return status, bytes.ReplaceAll(body, []byte("1299.95"), []byte("1299.94"))
		}), "reaches the trial balance"},
		"revoked in vain":     {instead(ends("/revoke"), 200, "{}"), "gone within a minute"},
		"nothing rolled back": {instead(ends("/roll-back"), 202, "{}"), "rolled back"},
		"a cancel lost":       {instead(ends("/cancel"), 200, "{}"), "is cancelled"},
		"a broken chain": {answered(func(_ *http.Request, status int, body []byte) (int, []byte) {
			return status, bytes.ReplaceAll(body, []byte(`"holds":true`), []byte(`"holds":false`))
		}), "audit chain"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := e2e.Play(t.Context(), start(t, c.fault), func(string) {})
			failure, ok := errors.AsType[*e2e.Failure](err)
			if !ok || !strings.Contains(failure.Step, c.step) {
				t.Errorf("found %v, not the step with %q", err, c.step)
			}
		})
	}
}

// garbled is a host whose bus delivers something else than what happened.
type garbled struct {
	*host
	from, to string
}

func (g garbled) Listen(ctx context.Context, kind string) (e2e.Heard, error) {
	heard, err := g.host.Listen(ctx, kind)
	return func(ctx context.Context) ([]json.RawMessage, error) {
		all, err := heard(ctx)
		for i := range all {
			all[i] = bytes.ReplaceAll(all[i], []byte(g.from), []byte(g.to))
		}
		return all, err
	}, err
}

func TestGarbledEventsAreFound(t *testing.T) {
	for from, to := range map[string]string{`"tenant":"ten_`: `"tenant":"ten_0`, `"entity":"ent_`: `"entity":"ent_0`, `"specversion":"1.0"`: `"specversion":"0.3"`, `"source":"backoffice/finance"`: `"source":""`} {
		_, err := e2e.Play(t.Context(), garbled{start(t, nil), from, to}, func(string) {})
		if failure, ok := errors.AsType[*e2e.Failure](err); !ok || !strings.Contains(failure.Step, "told of on the bus") {
			t.Errorf("%s instead of %s is not found: %v", to, from, err)
		}
	}
}

// softened turns a refusal into a success.
func softened(refusal int) func(*http.Request, int, []byte) (int, []byte) {
	return func(_ *http.Request, status int, body []byte) (int, []byte) {
		if status == refusal {
			return http.StatusOK, []byte("{}")
		}
		return status, body
	}
}

// echoing repeats in a refusal what was sent.
func echoing(_ *http.Request, status int, body []byte) (int, []byte) {
	return status, bytes.ReplaceAll(body, []byte(`"pointer":"/lines/0/account"`), []byte(`"pointer":"/lines/0/account","value":"SEKRET-7099"`))
}
