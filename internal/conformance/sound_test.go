package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// marker stands in submitted values; no problem may repeat it.
const marker = "zqmarker7"

// tester is a test, or one run of a property.
type tester interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// sound holds an answer against what every answer must be, whatever was asked.
func (r *request) sound(t tester, a answer) {
	t.Helper()
	if a.Status >= http.StatusInternalServerError && !r.sys.gate.shut.Load() {
		t.Fatalf("a defect: %s %s: %s\n%s", r.Spec.ID, r.Body, a, r.sys.log)
	}
	if r.Spec.HTTP() && !strings.HasPrefix(a.Header.Get("X-Request-Id"), "req_") {
		t.Errorf("no X-Request-Id: %v", a.Header)
	}
	another := r.Method != "" && r.Method != r.Spec.Method()
	if r.Spec.HTTP() && !another {
		if err := conforms(r.Spec, a); err != nil {
			t.Errorf("the answer is not as documented: %v\n%s", err, a)
		}
	}
	switch {
	case another: // its answer is its own rule's business
	case a.Status >= http.StatusBadRequest:
		r.soundProblem(t, a)
	case a.Status == http.StatusNotModified:
		if len(a.Body) > 0 {
			t.Errorf("304 with a body: %s", a)
		}
	default:
		r.soundSuccess(t, a)
	}
}

func (r *request) soundSuccess(t tester, a answer) {
	t.Helper()
	if a.Status != r.Spec.SuccessStatus() {
		t.Errorf("success is %d, but the spec says %d", a.Status, r.Spec.SuccessStatus())
	}
	if r.Spec.Deprecated != nil && (!strings.HasPrefix(a.Header.Get("Deprecation"), "@") || a.Header.Get("Sunset") == "") {
		t.Errorf("a deprecated operation does not say so: %v", a.Header)
	}
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
		return
	}
	if r.Spec.HTTP() {
		if got := a.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control is %q", got)
		}
	}
	var record struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(a.Body, &record) == nil && record.Version > 0 && r.Spec.HTTP() {
		if want := fmt.Sprintf("\"v%d\"", record.Version); a.Header.Get("ETag") != want {
			t.Errorf("ETag %q on a record of version %d", a.Header.Get("ETag"), record.Version)
		}
	}
}

var rules = func() map[string]fault.Rule {
	out := map[string]fault.Rule{}
	for _, r := range catalog.Rules() {
		out[r.Code] = r
	}
	return out
}()

func (r *request) soundProblem(t tester, a answer) {
	t.Helper()
	p := a.problem(t)
	if got := a.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a refusal of type %q", got)
	}
	if p.Status != a.Status || p.Title == "" || p.Detail == "" || p.Instance != "urn:request:"+a.Header.Get("X-Request-Id") {
		t.Errorf("an incomplete problem: %s", a)
	}
	for _, code := range append([]string{p.Code}, codes(p.Errors)...) {
		if _, known := rules[code]; !known {
			t.Errorf("the code %s is not documented", code)
		}
		if err := meets(r.Spec, code); err != nil && r.Spec.HTTP() {
			t.Error(err)
		}
	}
	if p.Type != "/problems/"+p.Code {
		t.Errorf("the type %q does not lead to the rule's page", p.Type)
	}
	if wait := a.Header.Get("Retry-After"); p.Retryable != (wait != "" || a.Status == http.StatusTooManyRequests) {
		t.Errorf("retryable %v, Retry-After %q", p.Retryable, wait)
	}
	if a.Status == http.StatusUnauthorized && a.Header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	if bytes.Contains(a.Body, []byte(marker)) {
		t.Errorf("a submitted value is echoed: %s", a)
	}
	for _, values := range a.Header {
		if strings.Contains(strings.Join(values, " "), marker) {
			t.Errorf("a submitted value is echoed in a header: %v", a.Header)
		}
	}
}

func codes(fields []fault.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Code)
	}
	return out
}

// Every rule of the catalogue has a page, which its problems' type leads to, and its kind has a status.
func TestEveryRuleHasAPage(t *testing.T) {
	sys := open(t)
	for code, rule := range rules {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sys.server.URL+"/problems/"+code, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || op.StatusOf(rule.Kind) < http.StatusBadRequest {
			t.Errorf("%s: page %d, status %d", code, resp.StatusCode, op.StatusOf(rule.Kind))
		}
	}
}
