package conformance

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/op"
)

// An operation without a body refuses one.
func checkNoBody(t *testing.T, s *subject) {
	r := s.ready(t)
	r.but(func(r *request) { r.Body = []byte(`{"` + marker + `":1}`) }).refuses(t, http.StatusBadRequest, op.RuleNoContent, "a body where none is taken")
}

// A body is one JSON object, each member once, not nested without end.
func checkBodySyntax(t *testing.T, s *subject) {
	r := s.ready(t)
	first := string(bytes.TrimSpace(r.Body))
	for _, body := range []string{"", " ", "{", "[]", `"` + marker + `"`, "null", "1", first + first, first + "x", "\xef\xbb\xbf" + first, "{'a':1}", "{\"a\":\"\xff\"}", strings.TrimSuffix(first, "}") + ",}"} {
		a := r.but(func(r *request) { r.Body = []byte(body) }).send(t)
		if a.OK() || a.Status != http.StatusBadRequest {
			t.Errorf("the body %.40q answers %s", body, a)
		}
	}
	deep := `{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}"
	r.but(func(r *request) { r.Body = []byte(deep) }).refuses(t, http.StatusBadRequest, op.RuleDepth, "a deep body")
	for _, p := range s.form.places(parse(t, r.Body)) {
		if len(p.tokens) == 1 && p.filled {
			member := render(t, parse(t, r.Body).(map[string]any)[p.tokens[0]])
			twice := strings.Replace(first, "{", `{"`+p.tokens[0]+`":`+string(member)+",", 1)
			r.but(func(r *request) { r.Body = []byte(twice) }).refuses(t, http.StatusBadRequest, op.RuleSyntax, "a member twice")
			return
		}
	}
}

// The body is JSON by its media type, too.
func checkMediaType(t *testing.T, s *subject) {
	r := s.ready(t)
	for _, media := range []string{"text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application", marker} {
		r.but(func(r *request) { r.Header.Set("Content-Type", media) }).refuses(t, http.StatusBadRequest, op.RuleMedia, "a body of type "+media)
	}
	if s.spec.ExemptFrom("example") == "" {
		r.but(func(r *request) { r.Header.Set("Content-Type", "application/json; charset=utf-8") }).works(t, "JSON with a character set")
	}
}

// A request larger than the operation takes is refused as that, before it is read.
func checkBodyLimit(t *testing.T, s *subject) {
	r := s.ready(t)
	padding := strings.Repeat(" ", s.spec.BodyLimit()+1)
	r.but(func(r *request) { r.Body = []byte("{}" + padding) }).refuses(t, http.StatusRequestEntityTooLarge, op.RuleTooLarge, "too large a body")
}

// A field that no schema names is refused where it stands, at every level.
func checkUnknownField(t *testing.T, s *subject) {
	r := s.ready(t)
	tree := parse(t, r.Body)
	levels := append([]place{{schema: s.form.body, filled: true}}, s.form.places(tree)...)
	for _, p := range levels {
		if p.schema.Type != huma.TypeObject || !p.filled {
			continue
		}
		if _, open := p.schema.AdditionalProperties.(*huma.Schema); open {
			continue
		}
		inner := place{tokens: append(append([]string(nil), p.tokens...), "colour")}
		r.with(t, inner, marker).points(t, http.StatusBadRequest, op.RuleUnknown, inner.pointer(), "an unknown field")
	}
}

// A value of another type is refused where it stands.
func checkFieldType(t *testing.T, s *subject) {
	r := s.ready(t)
	for _, p := range s.form.places(parse(t, r.Body)) {
		for _, wrong := range mistyped(p.schema) {
			r.with(t, p, wrong).points(t, http.StatusBadRequest, op.RuleType, p.pointer(), "a value of another type")
		}
	}
}

// mistyped gives values of every type but the schema's own.
func mistyped(s *huma.Schema) []any {
	byType := map[string]any{huma.TypeString: marker, huma.TypeInteger: json.Number("17"), huma.TypeBoolean: true,
		huma.TypeArray: []any{marker}, huma.TypeObject: map[string]any{"a": marker}}
	var out []any
	for name, v := range byType {
		if name != s.Type && (s.Type != huma.TypeNumber || name != huma.TypeInteger) {
			out = append(out, v)
		}
	}
	if s.Type == huma.TypeInteger {
		out = append(out, json.Number("1.5"))
	}
	return out
}

// Absent is not null: null is refused wherever it stands, but in a merge patch, where it removes a member that need not be.
func checkNull(t *testing.T, s *subject) {
	r := s.ready(t)
	for _, p := range s.form.places(parse(t, r.Body)) {
		spoilt := r.with(t, p, nil)
		if s.form.merge && len(p.tokens) == 1 {
			spoilt.send(t)
			continue
		}
		spoilt.points(t, http.StatusBadRequest, op.RuleType, p.pointer(), "null")
	}
}

// A member that must be there is missed by name.
func checkRequired(t *testing.T, s *subject) {
	r := s.ready(t)
	tree := parse(t, r.Body)
	for _, p := range s.form.places(tree) {
		if !p.required || !p.filled || s.form.merge && len(p.tokens) == 1 {
			continue
		}
		body := render(t, drop(tree, p.tokens))
		r.but(func(r *request) { r.Body = body }).points(t, http.StatusUnprocessableEntity, op.RuleRequired, p.pointer(), "a missing member")
	}
}

// Text that is unusual but allowed is kept as it is, or refused by a rule; it never breaks anything.
func checkStrangeText(t *testing.T, s *subject) {
	texts := []string{"", " ", "\x00", "a\x00b", "\u200f\u202eabc", "😀", "e\u0301", "|", "%7C", "${x}", "<script>", "=1+1", "null", "\ufffd"}
	r := s.ready(t)
	try := s.trial()
	for _, p := range s.form.places(parse(t, r.Body)) {
		if p.schema.Type != huma.TypeString || len(p.schema.Enum) > 0 {
			continue
		}
		for _, text := range texts {
			a := try(t, func(r *request) *request { return r.with(t, p, text) })
			if a.OK() && len(p.tokens) == 1 && text != "" { // an empty text counts as none
				kept(t, a, p.tokens[0], text)
			}
		}
	}
}

// kept holds a member of the answer against what was sent, if the answer shows that member.
func kept(t *testing.T, a answer, name, sent string) {
	t.Helper()
	var record map[string]any
	if json.Unmarshal(a.Body, &record) != nil {
		return
	}
	if got, shown := record[name].(string); shown && got != sent {
		t.Errorf("%s was sent as %q and came back as %q", name, sent, got)
	}
}
