package conformance

import (
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/op"
)

// queryParams are the parameters of the query string that the operation declares.
func (s *subject) queryParams() []op.Param {
	var out []op.Param
	for _, p := range s.form.params {
		if p.In == "query" {
			p.Schema = s.form.deref(p.Schema)
			out = append(out, p)
		}
	}
	return out
}

func (s *subject) hasParam(name string) bool {
	for _, p := range s.queryParams() {
		if p.Name == name {
			return true
		}
	}
	return false
}

func setting(name string, values ...string) func(*request) {
	return func(r *request) { r.Query[name] = values }
}

// An unknown parameter is refused by name.
func checkUnknownParameter(t *testing.T, s *subject) {
	r := s.ready(t)
	r.but(setting("colour", marker)).points(t, http.StatusBadRequest, op.RuleUnknown, "colour", "an unknown parameter")
	for _, p := range s.queryParams() {
		other := strings.ToUpper(p.Name)
		r.but(setting(other, "1")).points(t, http.StatusBadRequest, op.RuleUnknown, other, "a parameter in capitals")
	}
}

// A parameter stands once.
func checkRepeatedParameter(t *testing.T, s *subject) {
	r := s.ready(t)
	for _, p := range s.queryParams() {
		r.but(setting(p.Name, "1", "1")).points(t, http.StatusBadRequest, op.RuleType, p.Name, "a parameter twice")
	}
	if s.spec.Kind == op.Command {
		r.but(setting("dryRun", "true", "true")).points(t, http.StatusBadRequest, op.RuleType, "dryRun", "dryRun twice")
	}
}

// A parameter of the wrong form is refused by name, whether it cannot be read (400) or breaks a bound (422).
func checkParameterType(t *testing.T, s *subject) {
	r := s.ready(t)
	for _, p := range s.queryParams() {
		for _, value := range spoilt(p.Schema) {
			a := r.but(setting(p.Name, value)).send(t)
			if a.Status != http.StatusBadRequest && a.Status != http.StatusUnprocessableEntity || len(a.problem(t).Errors) == 0 || a.problem(t).Errors[0].Pointer != p.Name {
				t.Errorf("%s=%q answers %s", p.Name, value, a)
			}
		}
	}
	if s.spec.Kind == op.Command {
		for _, value := range []string{"", "1", "yes", "True", marker} {
			r.but(setting("dryRun", value)).points(t, http.StatusBadRequest, op.RuleType, "dryRun", "dryRun="+value)
		}
	}
}

// spoilt gives values that a parameter cannot take.
func spoilt(s *huma.Schema) []string {
	switch {
	case s.Type == huma.TypeArray:
		return spoilt(s.Items)
	case s.Type == huma.TypeInteger:
		return []string{"", "x", "1.5", "1e2", "0x10", "99999999999999999999", marker}
	case s.Type == huma.TypeBoolean:
		return []string{"", "1", "yes", "TRUE", marker}
	case len(s.Enum) > 0, s.Pattern != "":
		return []string{"", "~", marker + "~"}
	}
	return nil
}

// An id that is none answers like one of no record, whatever it looks like.
func checkStrangeID(t *testing.T, s *subject) {
	r := s.ready(t)
	strange := []string{marker, "a|b", "%", "..%2f", "é", "\x01", "ACT", "0", strings.Repeat("x", 3000), strings.Repeat("é", 900), "a.b", ".", "a."}
	for _, name := range rehearsal.PathNames(s.spec.Path()) {
		for _, value := range strange {
			if value == "." {
				continue // the client itself takes it out of the address
			}
			a := r.but(func(r *request) { r.Path[name] = value }).send(t)
			if a.OK() || a.Status != http.StatusNotFound && a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusBadRequest {
				t.Errorf("%s=%.40q answers %s", name, value, a)
			}
		}
	}
	for _, p := range s.queryParams() {
		if p.Schema.Type != huma.TypeString || len(p.Schema.Enum) > 0 {
			continue
		}
		for _, value := range strange {
			r.but(setting(p.Name, value)).send(t)
		}
	}
}

// Only answers that are tables can be had as CSV, and in no further form.
func checkFormat(t *testing.T, s *subject) {
	r := s.ready(t)
	r.but(setting("format", "xml")).points(t, http.StatusBadRequest, op.RuleFormat, "format", "format=xml")
	if !s.o.Tabular() {
		r.but(setting("format", "csv")).points(t, http.StatusBadRequest, op.RuleFormat, "format", "format=csv")
		return
	}
	for _, ask := range []func(*request){setting("format", "csv"), func(r *request) { r.Header.Set("Accept", "text/csv") }} {
		a := r.but(ask).works(t, "CSV")
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") || !strings.Contains(string(a.Body), "\r\n") {
			t.Errorf("CSV comes as %q: %s", a.Header.Get("Content-Type"), a)
		}
	}
	json := r.but(func(r *request) { r.Header.Set("Accept", "text/csv"); r.Query.Set("format", "json") }).works(t, "format=json")
	if json.Header.Get("Content-Type") != "application/json" {
		t.Errorf("format=json comes as %q", json.Header.Get("Content-Type"))
	}
}

// dryRun belongs to commands.
func checkDryRunOfQuery(t *testing.T, s *subject) {
	s.ready(t).but(setting("dryRun", "true")).points(t, http.StatusBadRequest, op.RuleUnknown, "dryRun", "dryRun of a query")
}

// A record that has not changed is not sent again.
func checkNotModified(t *testing.T, s *subject) {
	r := s.ready(t)
	etag := r.works(t, "the example").Header.Get("ETag")
	if etag == "" {
		return
	}
	a := r.but(func(r *request) { r.Header.Set("If-None-Match", etag) }).send(t)
	if a.Status != http.StatusNotModified || a.Header.Get("ETag") != etag {
		t.Errorf("If-None-Match answers %s", a)
	}
	a = r.but(func(r *request) { r.Header.Set("If-None-Match", `"v99999"`) }).send(t)
	if a.Status != http.StatusOK {
		t.Errorf("If-None-Match of another version answers %s", a)
	}
}
