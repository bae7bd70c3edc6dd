package conformance

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// place is one place in a request body: a member or an entry that the schema describes and the example may fill.
type place struct {
	tokens   []string
	schema   *huma.Schema
	required bool // by its parent
	filled   bool // by the example
}

func (p place) pointer() string {
	out := ""
	for _, token := range p.tokens {
		out += "/" + fault.Escape(token)
	}
	return out
}

// form is an operation's input as the walk sees it.
type form struct {
	registry huma.Registry
	params   []op.Param
	body     *huma.Schema
	merge    bool // the body is a merge patch, in which null removes a member
}

func formOf(o op.Operation) form {
	f := form{registry: op.NewRegistry(), merge: o.Describe().Method() == "PATCH"}
	f.params, f.body, _ = o.Shapes(f.registry)
	f.body = f.deref(f.body)
	return f
}

func (f form) deref(s *huma.Schema) *huma.Schema {
	for s != nil && s.Ref != "" {
		s = f.registry.SchemaFromRef(s.Ref)
	}
	return s
}

// places lists every place of the example's body, in order, and the members that the example leaves out.
func (f form) places(tree any) []place {
	var out []place
	f.walk(f.body, tree, nil, &out)
	return out
}

func (f form) walk(s *huma.Schema, node any, at []string, out *[]place) {
	switch s = f.deref(s); {
	case s == nil:
	case s.Type == huma.TypeObject:
		m, _ := node.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			p := place{tokens: append(slices.Clone(at), name), schema: f.deref(s.Properties[name]), required: slices.Contains(s.Required, name)}
			var inner any
			inner, p.filled = m[name]
			*out = append(*out, p)
			if p.filled {
				f.walk(p.schema, inner, p.tokens, out)
			}
		}
		if inner, open := s.AdditionalProperties.(*huma.Schema); open {
			for _, name := range slices.Sorted(maps.Keys(m)) {
				*out = append(*out, place{tokens: append(slices.Clone(at), name), schema: f.deref(inner), filled: true})
			}
		}
	case s.Type == huma.TypeArray:
		list, _ := node.([]any)
		for i, inner := range list[:min(len(list), 2)] {
			p := place{tokens: append(slices.Clone(at), strconv.Itoa(i)), schema: f.deref(s.Items), filled: true}
			*out = append(*out, p)
			f.walk(p.schema, inner, p.tokens, out)
		}
	}
}

// parse reads a body, leaving numbers as they are written.
func parse(t *testing.T, body []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		t.Fatalf("the example's body is no JSON: %v\n%s", err, body)
	}
	return tree
}

func render(t *testing.T, tree any) []byte {
	t.Helper()
	raw, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// put gives a copy of a tree with another value at a place.
func put(node any, tokens []string, value any) any {
	if len(tokens) == 0 {
		return value
	}
	switch n := node.(type) {
	case []any:
		i, err := strconv.Atoi(tokens[0])
		if err != nil {
			panic(err)
		}
		out := slices.Clone(n)
		out[i] = put(n[i], tokens[1:], value)
		return out
	case map[string]any:
		out := maps.Clone(n)
		out[tokens[0]] = put(n[tokens[0]], tokens[1:], value)
		return out
	}
	return map[string]any{tokens[0]: put(nil, tokens[1:], value)}
}

// drop gives a copy of a tree without a member.
func drop(node any, tokens []string) any {
	m, ok := node.(map[string]any)
	if !ok {
		i, err := strconv.Atoi(tokens[0])
		if err != nil {
			panic(err)
		}
		list := node.([]any)
		return put(node, tokens[:1], drop(list[i], tokens[1:]))
	}
	out := maps.Clone(m)
	if len(tokens) == 1 {
		delete(out, tokens[0])
		return out
	}
	out[tokens[0]] = drop(m[tokens[0]], tokens[1:])
	return out
}

// with gives a copy of the request with another value at a place of its body.
func (r *request) with(t *testing.T, p place, value any) *request {
	t.Helper()
	body := render(t, put(parse(t, r.Body), p.tokens, value))
	return r.but(func(r *request) { r.Body = body })
}
