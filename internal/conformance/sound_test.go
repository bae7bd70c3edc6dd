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

// sound holds an answer against what every answer must be, whatever was asked.
func (r *request) sound(t *testing.T, a answer) {
	t.Helper()
	if a.status >= http.StatusInternalServerError {
		t.Fatalf("a defect: %s %s: %s\n%s", r.spec.ID, r.body, a, r.sys.log)
	}
	if r.spec.HTTP() && !strings.HasPrefix(a.header.Get("X-Request-Id"), "req_") {
		t.Errorf("no X-Request-Id: %v", a.header)
	}
	switch {
	case r.method != "" && r.method != r.spec.Method():
		// another method's answer is its own rule's business
	case a.status >= http.StatusBadRequest:
		r.soundProblem(t, a)
	case a.status == http.StatusNotModified:
		if len(a.body) > 0 {
			t.Errorf("304 with a body: %s", a)
		}
	default:
		r.soundSuccess(t, a)
	}
}

func (r *request) soundSuccess(t *testing.T, a answer) {
	t.Helper()
	if a.status != r.spec.SuccessStatus() {
		t.Errorf("success is %d, but the spec says %d", a.status, r.spec.SuccessStatus())
	}
	if r.spec.Deprecated != nil && (!strings.HasPrefix(a.header.Get("Deprecation"), "@") || a.header.Get("Sunset") == "") {
		t.Errorf("a deprecated operation does not say so: %v", a.header)
	}
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		return
	}
	if r.spec.HTTP() {
		if got := a.header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control is %q", got)
		}
		if err := conforms(r.spec, a); err != nil {
			t.Errorf("the answer is not as documented: %v\n%s", err, a)
		}
	}
	var record struct {
		Version int `json:"version"`
	}
	if json.Unmarshal(a.body, &record) == nil && record.Version > 0 && r.spec.HTTP() {
		if want := fmt.Sprintf("\"v%d\"", record.Version); a.header.Get("ETag") != want {
			t.Errorf("ETag %q on a record of version %d", a.header.Get("ETag"), record.Version)
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

func (r *request) soundProblem(t *testing.T, a answer) {
	t.Helper()
	p := a.problem(t)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a refusal of type %q", got)
	}
	if p.Status != a.status || p.Title == "" || p.Detail == "" || p.Instance != "urn:request:"+a.header.Get("X-Request-Id") {
		t.Errorf("an incomplete problem: %s", a)
	}
	for _, code := range append([]string{p.Code}, codes(p.Errors)...) {
		if _, known := rules[code]; !known {
			t.Errorf("the code %s is not documented", code)
		}
	}
	if p.Type != "/problems/"+p.Code {
		t.Errorf("the type %q does not lead to the rule's page", p.Type)
	}
	if wait := a.header.Get("Retry-After"); p.Retryable != (wait != "" || a.status == http.StatusTooManyRequests) {
		t.Errorf("retryable %v, Retry-After %q", p.Retryable, wait)
	}
	if a.status == http.StatusUnauthorized && a.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	if bytes.Contains(a.body, []byte(marker)) {
		t.Errorf("a submitted value is echoed: %s", a)
	}
	for _, values := range a.header {
		if strings.Contains(strings.Join(values, " "), marker) {
			t.Errorf("a submitted value is echoed in a header: %v", a.header)
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
