package op

import (
	"bytes"
	"encoding/json"
	"reflect"

	"backoffice/internal/fault"
)

// Merge is a JSON Merge Patch (RFC 7396) over the changeable fields T of a record. Put it into an input with the tag
// `body:"merge"`.
type Merge[T any] struct{ tree map[string]any }

func (Merge[T]) patchType() reflect.Type { return reflect.TypeFor[T]() }

func (m *Merge[T]) setPatch(tree any) { m.tree, _ = tree.(map[string]any) }

// Empty tells whether the patch names no field.
func (m Merge[T]) Empty() bool { return len(m.tree) == 0 }

// Apply gives the fields after the patch. What a patch leaves must satisfy the type's schema and, if T is a Validator, its
// rules; a required field cannot be removed.
func (m Merge[T]) Apply(current T) (T, error) {
	merged, _ := mergePatch(toTree(current), m.tree).(map[string]any)
	raw, err := json.Marshal(merged)
	if err != nil {
		return current, RuleSyntax.Err().Because(err)
	}
	s := shapeOf(reflect.TypeFor[T]())
	k := &checker{registry: s.registry, malformed: fault.Collect(), invalid: fault.Collect()}
	tree, err := parseTree(raw)
	if err != nil {
		return current, err
	}
	k.check(s.body, tree, "")
	if err := k.unreadable(); err != nil { // a null inside a list, which removes nothing
		return current, err
	}
	var out T
	if err := fill(k, s, tree, raw, reflect.ValueOf(&out).Elem()); err != nil {
		return current, err
	}
	if v, ok := any(&out).(Validator); ok && k.invalid.Len() == 0 {
		v.Validate(k.invalid)
	}
	if err := k.invalid.Err(); err != nil {
		return current, sorted(fault.Of(err))
	}
	return out, nil
}

func mergePatch(target any, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := target.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	for name, v := range p {
		if v == nil {
			delete(t, name)
			continue
		}
		t[name] = mergePatch(t[name], v)
	}
	return t
}

// encode renders an answer: UTF-8 JSON, nothing escaped for HTML.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
