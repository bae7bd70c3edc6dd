package guard

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
)

// system is everything that will be deployed together.
type system struct {
	templates []template
	public    map[string]string
	taggable  map[string]string
}

type template struct {
	stack      string
	resources  map[string]resource
	parameters map[string]parameter
}

// parameter is what a template is given when it is deployed; Default is the path of a named value.
type parameter struct{ Default any }

type resource struct {
	Type                string
	Properties          map[string]any
	DeletionPolicy      string
	UpdateReplacePolicy string
}

// place is a resource where it stands.
type place struct {
	*system
	template

	id string
	resource
}

func load(assembly cxapi.CloudAssembly) (*system, error) {
	s := &system{}
	for _, stack := range *assembly.StacksRecursively() {
		raw, err := os.ReadFile(*stack.TemplateFullPath())
		if err != nil {
			return nil, err
		}
		var t struct {
			Resources  map[string]resource
			Parameters map[string]parameter
		}
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, fmt.Errorf("guard: %s: %w", *stack.StackName(), err)
		}
		s.templates = append(s.templates, template{stack: *stack.StackName(), resources: t.Resources, parameters: t.Parameters})
	}
	return s, nil
}

// has tells whether any stack has a resource of a type.
func (s *system) has(kind string) bool {
	for _, t := range s.templates {
		for _, r := range t.resources {
			if r.Type == kind {
				return true
			}
		}
	}
	return false
}

// get reads a member of the properties, nil when there is none.
func (r resource) get(path ...string) any { return member(r.Properties, path...) }

// is tells whether a member has a value.
func (r resource) is(want any, path ...string) bool { return r.get(path...) == want }

// holds tells whether a member is there and not empty.
func (r resource) holds(path ...string) bool {
	switch v := r.get(path...).(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

func member(v any, path ...string) any {
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

// list gives the elements of a list, or the one value that stands instead of it.
func list(v any) []any {
	switch t := v.(type) {
	case nil:
		return nil
	case []any:
		return t
	}
	return []any{v}
}

// target gives the logical id that a Ref or Fn::GetAtt means, "" for anything else.
func target(v any) string {
	m, _ := v.(map[string]any)
	if id, ok := m["Ref"].(string); ok {
		return id
	}
	if parts, ok := m["Fn::GetAtt"].([]any); ok && len(parts) > 0 {
		id, _ := parts[0].(string)
		return id
	}
	return ""
}

// named gives what a value is in any template: the path of the named value that it is read from, or else stack and resource.
func (t template) named(v any) string {
	if p, read := t.parameters[target(v)]; read {
		return text(p.Default)
	}
	if id := target(v); id != "" {
		return t.stack + "/" + id
	}
	return text(v)
}

// mentions tells whether a value holds a Ref or Fn::GetAtt of a resource, however deep.
func mentions(v any, id string) bool {
	if target(v) == id {
		return true
	}
	switch t := v.(type) {
	case []any:
		for _, e := range t {
			if mentions(e, id) {
				return true
			}
		}
	case map[string]any:
		for _, e := range t {
			if mentions(e, id) {
				return true
			}
		}
	}
	return false
}

// text renders a text or a join of texts; what is known only when deployed stands as <…>.
func text(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return t
	case map[string]any:
		if sub, ok := t["Fn::Sub"]; ok {
			if s, ok := list(sub)[0].(string); ok {
				return s
			}
		}
		join, ok := t["Fn::Join"].([]any)
		if !ok || len(join) != 2 {
			return "<…>"
		}
		parts := make([]string, 0, len(list(join[1])))
		for _, p := range list(join[1]) {
			parts = append(parts, text(p))
		}
		return strings.Join(parts, text(join[0]))
	}
	return fmt.Sprint(v)
}

// texts renders each element of a list, or the one text that stands instead of it.
func texts(v any) []string {
	var out []string
	for _, e := range list(v) {
		out = append(out, text(e))
	}
	return out
}
