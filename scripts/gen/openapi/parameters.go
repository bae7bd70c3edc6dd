package openapi

import (
	"encoding/json"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/op"
	"backoffice/scripts/gen/recording"
)

const idempotencyKeyCharsMax = 255

// parameters are the input's own and those that the pipeline takes from every call of the kind.
func parameters(spec *op.Spec, params []op.Param, tabular bool, traits traits, said recording.Recording) []*huma.Param {
	out := make([]*huma.Param, 0, len(params))
	for _, p := range params {
		param := &huma.Param{Name: p.Name, In: p.In, Required: p.Required, Schema: p.Schema, Description: p.Schema.Description}
		if p.Schema.Type == huma.TypeArray {
			separate := false // several values stand in one parameter, separated by commas
			param.Style, param.Explode = "form", &separate
		}
		param.Example = exampleOf(p, said)
		out = append(out, param)
	}
	if spec.Writes() {
		out = append(out, &huma.Param{Name: "Idempotency-Key", In: "header", Required: true, Example: "8f14e45f-ceea-467f-a9d0-1c1c2b7b9f10",
			Description: "New for each intended act, the same for each retry of it.",
			Schema:      &huma.Schema{Type: huma.TypeString, MinLength: number(1), MaxLength: number(idempotencyKeyCharsMax), Pattern: "^[!-~]+$"}})
	}
	if spec.Kind != op.Query {
		out = append(out, &huma.Param{Name: "dryRun", In: "query", Description: "Check and answer, but keep nothing.",
			Schema: &huma.Schema{Type: huma.TypeBoolean, Default: false}})
	}
	if spec.IfMatch {
		out = append(out, &huma.Param{Name: "If-Match", In: "header", Required: true, Example: `"v1"`,
			Description: "The ETag of the version that the caller saw.",
			Schema:      &huma.Schema{Type: huma.TypeString, Pattern: `^"v[1-9][0-9]{0,9}"$`}})
	}
	if spec.Kind == op.Query && traits.versioned {
		out = append(out, &huma.Param{Name: "If-None-Match", In: "header", Description: "Answer 304 if the record still has this ETag.",
			Schema: &huma.Schema{Type: huma.TypeString}})
	}
	if tabular {
		out = append(out, &huma.Param{Name: "format", In: "query", Description: "The form of the answer; the header Accept: text/csv does the same.",
			Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"json", "csv"}, Default: "json"}})
	}
	return out
}

func number(n int) *int { return &n }

// exampleOf gives what the recorded call said for a parameter, in the parameter's type; nil when it said nothing.
func exampleOf(p op.Param, said recording.Recording) any {
	text, there := said.Query[p.Name]
	if p.In == "path" {
		text, there = said.Path[p.Name]
	}
	switch {
	case !there:
		return nil
	case p.Schema.Type == huma.TypeArray:
		return strings.Split(text, ",")
	case p.Schema.Type == huma.TypeInteger || p.Schema.Type == huma.TypeBoolean:
		return json.RawMessage(text)
	}
	return text
}
