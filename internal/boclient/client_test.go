package boclient_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"backoffice/internal/boclient"
)

// script answers calls one after the other, and remembers them.
type script struct {
	t       *testing.T
	answers []func(w http.ResponseWriter)
	keys    []string
	bodies  []string
	bearers []string
	waits   []time.Duration
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	s.keys, s.bodies, s.bearers = append(s.keys, r.Header.Get("Idempotency-Key")), append(s.bodies, string(raw)), append(s.bearers, r.Header.Get("Authorization"))
	s.answers[min(len(s.keys), len(s.answers))-1](w)
}

func lost(http.ResponseWriter) { panic(http.ErrAbortHandler) }

func fine(w http.ResponseWriter) {
	w.Header().Set("ETag", `"v2"`)
	_, _ = io.WriteString(w, `{"id":"x"}`)
}

func problem(status int, retryable bool, after string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"code":"T-%d","detail":"No.","status":%d,"retryable":%v,"errors":[{"pointer":"/a","code":"T-F","message":"Not that."}]}`, status, status, retryable)
	}
}

func page(w http.ResponseWriter) {
	w.WriteHeader(http.StatusBadGateway)
	_, _ = io.WriteString(w, "<html>proxy</html>")
}

func run(t *testing.T, call boclient.Call, answers ...func(http.ResponseWriter)) (*script, *boclient.Answer, error) {
	t.Helper()
	s := &script{t: t, answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	c := &boclient.Client{Base: server.URL + "/", Bearer: "old", Renew: func(context.Context) (string, error) { return "new", nil },
		Pause: func(_ context.Context, d time.Duration) error { s.waits = append(s.waits, d); return nil }}
	a, err := c.Do(t.Context(), call)
	return s, a, err
}

// A call whose answer was lost, or that may succeed later, is made again with the same key and body; any other refusal counts.
func TestRepeats(t *testing.T) {
	write := boclient.Call{Method: http.MethodPost, Path: "/x", Body: map[string]int{"n": 1}}
	for name, c := range map[string]struct {
		answers []func(http.ResponseWriter)
		calls   int
		status  int // of the refusal; 0 for success
	}{
		"lost twice":        {[]func(http.ResponseWriter){lost, lost, fine}, 3, 0},
		"a proxy's page":    {[]func(http.ResponseWriter){page, fine}, 2, 0},
		"asked to wait":     {[]func(http.ResponseWriter){problem(429, true, "3"), problem(503, true, ""), problem(409, true, "1"), fine}, 4, 0},
		"refused":           {[]func(http.ResponseWriter){problem(422, false, ""), fine}, 1, 422},
		"a plain conflict":  {[]func(http.ResponseWriter){problem(409, false, ""), fine}, 1, 409},
		"never available":   {[]func(http.ResponseWriter){problem(503, true, "")}, 5, 503},
		"much too long":     {[]func(http.ResponseWriter){problem(429, true, "900"), fine}, 1, 429},
		"renewed":           {[]func(http.ResponseWriter){problem(401, false, ""), fine}, 2, 0},
		"renewed, in vain":  {[]func(http.ResponseWriter){problem(401, false, "")}, 2, 401},
		"refused after all": {[]func(http.ResponseWriter){lost, problem(422, false, "")}, 2, 422},
	} {
		s, a, err := run(t, write, c.answers...)
		p, refused := errors.AsType[*boclient.Problem](err)
		if len(s.keys) != c.calls || c.status == 0 && (err != nil || a.ETag() != `"v2"`) || c.status != 0 && (!refused || p.Status != c.status) {
			t.Errorf("%s: %d calls, %v", name, len(s.keys), err)
		}
		for i := range s.keys {
			if s.keys[i] == "" || s.keys[i] != s.keys[0] || s.bodies[i] != `{"n":1}` {
				t.Errorf("%s: call %d had key %q and body %q", name, i+1, s.keys[i], s.bodies[i])
			}
		}
		if name == "asked to wait" && (len(s.waits) != 3 || s.waits[0] != 3*time.Second || s.waits[2] < time.Second) {
			t.Errorf("waited %v", s.waits)
		}
		if name == "renewed" && (s.bearers[0] != "Bearer old" || s.bearers[1] != "Bearer new") {
			t.Errorf("bearers %v", s.bearers)
		}
	}
}

// A stream cannot be sent twice, so it is sent once.
func TestStreamGoesOnce(t *testing.T) {
	s, _, err := run(t, boclient.Call{Method: http.MethodPut, Path: "/x", Stream: strings.NewReader("abc"), StreamType: "text/csv"}, lost, fine)
	if _, ok := errors.AsType[*boclient.Unreachable](err); !ok || len(s.keys) != 1 {
		t.Error(len(s.keys), err)
	}
}

// A refusal says its code, its message, and each field at fault.
func TestProblemIsTold(t *testing.T) {
	_, _, err := run(t, boclient.Call{Method: http.MethodGet, Path: "/x"}, problem(422, false, ""))
	if want := "T-422: No.\n  /a T-F: Not that."; err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

// A client in the handler's own process sees what one outside sees: status, header and body, and sends its context along.
func TestInProcess(t *testing.T) {
	type key struct{}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("ETag", `"v3"`)
		w.WriteHeader(http.StatusAccepted)
		_, _ = fmt.Fprintf(w, "%s %s %s %v", r.Method, r.URL.Path, raw, r.Context().Value(key{}))
	})
	c := boclient.Client{Base: "http://inside.test", HTTP: &http.Client{Transport: boclient.InProcess(handler)}, Attempts: 1}
	for method, body := range map[string]any{http.MethodPost: []byte("{}"), http.MethodGet: nil} {
		a, err := c.Do(context.WithValue(t.Context(), key{}, "seen"), boclient.Call{Method: method, Path: "/here", Body: body})
		if err != nil {
			t.Fatal(err)
		}
		sent, _ := body.([]byte)
		if want := fmt.Sprintf("%s /here %s seen", method, sent); a.Status != http.StatusAccepted || a.ETag() != `"v3"` || string(a.Body) != want {
			t.Errorf("%d %s %q instead of %q", a.Status, a.ETag(), a.Body, want)
		}
	}
}

// An answer that is too long is an error, and never a part of it: half a table looks like a whole one.
func TestAnswersAreWholeOrNone(t *testing.T) {
	const most = 10
	for bytes, whole := range map[int]bool{most: true, most + 1: false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", bytes)) }))
		c := &boclient.Client{Base: server.URL, HTTP: server.Client(), AnswerBytesMax: most}
		answer, err := c.Do(t.Context(), boclient.Call{Method: http.MethodGet, Path: "/"})
		if (err == nil) != whole || whole && len(answer.Body) != bytes {
			t.Errorf("%d bytes: %v, %v", bytes, answer, err)
		}
		server.Close()
	}
}
