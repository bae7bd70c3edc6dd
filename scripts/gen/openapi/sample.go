package openapi

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

const (
	sampleULID     = "01JD2M8G3S6QX4T5V7W9Y0Z1A2"
	sampleDepthMax = 6
)

// answerOf gives the schema of an operation's answer, with the registry that resolves its references.
type answerOf struct {
	schema   *huma.Schema
	registry huma.Registry
}

func answersOf(domains []catalog.Domain) map[string]answerOf {
	out := map[string]answerOf{}
	for _, d := range domains {
		for _, o := range d.Operations {
			r := op.NewRegistry()
			_, _, answer := o.Shapes(r)
			out[o.Describe().ID] = answerOf{schema: answer, registry: r}
		}
	}
	return out
}

var placeholder = regexp.MustCompile(`\$\{([a-z0-9-]+\.[a-z0-9-]+)\.([A-Za-z0-9./]+)\}`)

// fill replaces an example's placeholders by plausible values.
func (b *builder) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		m := placeholder.FindStringSubmatch(p)
		a, known := b.answers[m[1]]
		if !known {
			b.fail("an example names the operation %s, which does not exist", m[1])
			return p
		}
		s := a.schema
		for token := range strings.SplitSeq(strings.ReplaceAll(m[2], "/", "."), ".") {
			s = member(a.registry, s, token)
		}
		if s == nil {
			b.fail("an example names the member %s, which the answer of %s does not have", m[2], m[1])
			return p
		}
		return textOf((&builder{registry: a.registry}).sample(s, 0))
	})
}

func member(r huma.Registry, s *huma.Schema, token string) *huma.Schema {
	if s = resolve(r, s); s == nil {
		return nil
	}
	if _, err := strconv.Atoi(token); err == nil {
		return s.Items
	}
	return s.Properties[token]
}

func resolve(r huma.Registry, s *huma.Schema) *huma.Schema {
	if s != nil && s.Ref != "" {
		return r.SchemaFromRef(s.Ref)
	}
	return s
}

func textOf(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic("openapi: a sample cannot be encoded: " + err.Error())
	}
	return string(raw)
}

func (b *builder) exampleBody(spec *op.Spec) any {
	var tree any
	d := json.NewDecoder(strings.NewReader(b.fill(spec.Example.Body)))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		b.fail("the example body of %s is not JSON: %w", spec.ID, err)
	}
	return tree
}

// exampleAnswer is a plausible answer; what the example request says stands in it as it was said.
func (b *builder) exampleAnswer(spec *op.Spec, answer *huma.Schema) any {
	out := b.sample(answer, 0)
	record, isObject := out.(map[string]any)
	if !isObject || spec.Example.Body == "" {
		return out
	}
	said, _ := b.exampleBody(spec).(map[string]any)
	for name, v := range said {
		if _, text := record[name].(string); text {
			record[name] = v
		}
	}
	return record
}

var idPrefix = regexp.MustCompile(`^([a-z]{2,4})_…`)

// sample makes a plausible value of a schema.
func (b *builder) sample(s *huma.Schema, depth int) any {
	described := s
	if s = resolve(b.registry, s); s == nil || depth > sampleDepthMax {
		return map[string]any{}
	}
	if len(s.Examples) > 0 {
		return s.Examples[0]
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		return b.sampleObject(s, depth)
	case huma.TypeArray:
		if depth == sampleDepthMax {
			return []any{}
		}
		return []any{b.sample(s.Items, depth+1)}
	case huma.TypeBoolean:
		return false
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum
		}
		return 1
	}
	return sampleText(s, described.Description)
}

func (b *builder) sampleObject(s *huma.Schema, depth int) any {
	out := map[string]any{}
	for name, p := range s.Properties {
		if p.WriteOnly {
			continue
		}
		out[name] = b.sample(p, depth+1)
	}
	return out
}

func sampleText(s *huma.Schema, description string) string {
	if m := idPrefix.FindStringSubmatch(description); m != nil {
		return m[1] + "_" + sampleULID
	}
	switch s.Format {
	case "date":
		return "2026-11-30"
	case "date-time":
		return "2026-11-30T09:00:00.000Z"
	}
	return "text"
}
