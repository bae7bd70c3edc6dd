package conformance

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// Every text and every list has a limit, which the schema states and the pipeline keeps.
func checkLimits(t *testing.T, s *subject) {
	r := s.ready(t)
	for _, p := range s.queryParams() {
		if !bounded(p.Schema) {
			t.Errorf("the parameter %s has no limit", p.Name)
		}
		if p.Schema.Type == huma.TypeArray && p.Schema.MaxItems != nil {
			many := strings.TrimSuffix(strings.Repeat("x,", *p.Schema.MaxItems+1), ",")
			r.but(setting(p.Name, many)).points(t, http.StatusBadRequest, op.RuleTooMany, p.Name, "too many values")
		}
	}
	if s.form.body == nil {
		return
	}
	tree := parse(t, r.Body)
	for _, p := range s.form.places(tree) {
		if !bounded(p.schema) {
			t.Errorf("%s has no limit", p.pointer())
		}
		for _, b := range broken(p, tree) {
			r.with(t, p, b.value).points(t, http.StatusUnprocessableEntity, b.rule, p.pointer(), b.why)
		}
		s.longest(t, p)
	}
}

// longest sends the longest text that a place takes, in characters that are long when stored: a rule may refuse it, the store
// may not.
func (s *subject) longest(t *testing.T, p place) {
	t.Helper()
	if p.schema.Type != huma.TypeString || p.schema.MaxLength == nil || p.schema.Pattern != "" || len(p.schema.Enum) > 0 {
		return
	}
	try := s.trial()
	for _, character := range []string{"%", "😀"} {
		try(t, func(r *request) *request { return r.with(t, p, strings.Repeat(character, *p.schema.MaxLength)) })
	}
}

// unending is a part of a pattern that takes any number of characters.
var unending = regexp.MustCompile(`[*+]|\{[0-9]+,\}`)

// bounded tells whether a value's size has a limit.
func bounded(s *huma.Schema) bool {
	switch s.Type {
	case huma.TypeString:
		return s.MaxLength != nil || len(s.Enum) > 0 || s.Pattern != "" && !unending.MatchString(s.Pattern)
	case huma.TypeArray:
		return s.MaxItems != nil
	case huma.TypeObject:
		_, open := s.AdditionalProperties.(*huma.Schema)
		return !open || s.MaxProperties != nil
	case huma.TypeInteger, huma.TypeNumber:
		return s.Minimum != nil && s.Maximum != nil
	}
	return true
}

// breach is a value that breaks one bound.
type breach struct {
	value any
	rule  fault.Rule
	why   string
}

// broken gives values that each break one bound of a place.
func broken(p place, tree any) []breach {
	var out []breach
	s := p.schema
	if s.MaxLength != nil && s.Pattern == "" && len(s.Enum) == 0 {
		out = append(out, breach{strings.Repeat("ü", *s.MaxLength+1), op.RuleTooLong, "too long a text"})
	}
	if s.MinLength != nil && *s.MinLength > 0 && s.Pattern == "" && len(s.Enum) == 0 {
		out = append(out, breach{strings.Repeat("ü", *s.MinLength-1), op.RuleTooShort, "too short a text"})
	}
	if op.Free(s) && s.MaxLength != nil {
		out = append(out, breach{"\a", op.RuleControl, "a control character"})
	}
	if s.Pattern != "" {
		out = append(out, breach{"~" + marker, op.RulePattern, "a text of another form"})
	}
	if s.Type == huma.TypeString && len(s.Enum) > 0 {
		out = append(out, breach{marker, op.RuleChoice, "none of the choices"})
	}
	if s.Maximum != nil {
		out = append(out, breach{json.Number(number(*s.Maximum + 1)), op.RuleRange, "too large a number"})
	}
	if s.Minimum != nil {
		out = append(out, breach{json.Number(number(*s.Minimum - 1)), op.RuleRange, "too small a number"})
	}
	if inner, open := s.AdditionalProperties.(*huma.Schema); open && s.MaxProperties != nil && inner.Type == huma.TypeString {
		many := map[string]any{}
		for i := range *s.MaxProperties + 1 {
			many["k"+number(float64(i))] = "x"
		}
		out = append(out, breach{many, op.RuleTooMany, "too many members"},
			breach{map[string]any{strings.Repeat("k", 1000): "x"}, op.RuleTooLong, "too long a name"})
	}
	if s.Type == huma.TypeArray && s.MinItems != nil && *s.MinItems > 0 {
		out = append(out, breach{[]any{}, op.RuleTooFew, "an empty list"})
	}
	if s.Type == huma.TypeArray && s.MaxItems != nil && p.filled {
		if list, ok := at(tree, p.tokens).([]any); ok && len(list) > 0 {
			out = append(out, breach{repeated(list[0], *s.MaxItems+1), op.RuleTooMany, "too long a list"})
		}
	}
	return out
}

func number(f float64) string {
	raw, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func repeated(v any, times int) []any {
	out := make([]any, times)
	for i := range out {
		out[i] = v
	}
	return out
}

// at gives the value at a place.
func at(node any, tokens []string) any {
	for _, token := range tokens {
		switch n := node.(type) {
		case map[string]any:
			node = n[token]
		case []any:
			node = n[0]
		}
	}
	return node
}

// No submitted value comes back in a refusal: the marker stands in every text in turn, and in all at once.
func checkEcho(t *testing.T, s *subject) {
	r := s.ready(t)
	for _, name := range rehearsal.PathNames(s.spec.Path()) {
		r.but(func(r *request) { r.Path[name] = marker }).send(t)
	}
	for _, p := range s.queryParams() {
		r.but(setting(p.Name, marker)).send(t)
	}
	try := s.trial()
	for _, header := range []string{"If-Match", "If-None-Match", "Idempotency-Key", "Content-Type", "Accept", "X-Request-Id", "Traceparent"} {
		try(t, func(r *request) *request {
			return r.but(func(r *request) { r.Header.Set(header, marker+" ü") })
		})
	}
	if s.form.body == nil {
		return
	}
	tree := parse(t, r.Body)
	for _, p := range s.form.places(tree) {
		if p.schema.Type == huma.TypeString {
			try(t, func(r *request) *request { return r.with(t, p, marker) })
			tree = put(tree, p.tokens, marker)
		}
	}
	try(t, func(r *request) *request { return r.but(func(r *request) { r.Body = render(t, tree) }) })
}
