package problems

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// Common lists the codes of the rules by which the pipeline around an operation may refuse, sorted: they follow from its spec
// and from the schemas of what it takes.
func Common(o op.Operation) []string {
	spec := o.Describe()
	rules := []fault.Rule{fault.System, op.RuleUnknown, op.RuleType, op.RuleTooLarge, op.RuleThrottled, op.RuleUnavailable, op.RuleFormat,
		op.RuleMatchForm, op.RuleOrigin}
	if spec.Public == "" {
		rules = append(rules, op.RuleNoToken, op.RuleForbidden, op.RuleTokenScope)
	}
	if spec.StepUp > 0 {
		rules = append(rules, op.RuleStepUp)
	}
	if spec.Writes() {
		rules = append(rules, op.RuleKeyMissing, op.RuleKeyReused, op.RuleKeyInFlight, op.RuleTransaction)
	}
	if spec.Gated() {
		rules = append(rules, op.RuleMaintenance)
	}
	if spec.Kind != op.Query {
		rules = append(rules, op.RuleNewer)
	}
	if spec.IfMatch {
		rules = append(rules, op.RuleMatchNeeded, op.RuleStale)
	}
	r := op.NewRegistry()
	params, body, _ := o.Shapes(r)
	b := bounds{registry: r, seen: map[*huma.Schema]bool{}}
	for _, p := range params {
		b.parameter(p)
	}
	if body == nil {
		rules = append(rules, op.RuleNoContent)
	} else {
		rules = append(rules, op.RuleSyntax, op.RuleMedia, op.RuleDepth)
		b.body = true
		b.walk(body)
	}
	codes := make([]string, 0, len(rules)+len(b.rules))
	for _, rule := range append(rules, b.rules...) {
		codes = append(codes, rule.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// bounds gathers the rules by which a schema's bounds refuse.
type bounds struct {
	registry huma.Registry
	seen     map[*huma.Schema]bool
	rules    []fault.Rule
	body     bool // whether what is walked stands in a body
}

func (b *bounds) when(bounded bool, rules ...fault.Rule) {
	if bounded {
		b.rules = append(b.rules, rules...)
	}
}

func (b *bounds) parameter(p op.Param) {
	b.when(p.In == "path", op.RuleNotFound)
	b.when(p.Required && p.In == "query", op.RuleRequired)
	b.when(p.Name == "cursor", op.RuleCursor)
	b.walk(p.Schema)
}

func (b *bounds) walk(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Ref != "" {
		b.when(s.Ref == op.SchemaPrefix+"Money", op.RuleDecimals, op.RuleCurrency)
		s = b.registry.SchemaFromRef(s.Ref)
	}
	if s == nil || b.seen[s] {
		return
	}
	b.seen[s] = true
	b.when(len(s.Required) > 0, op.RuleRequired)
	b.when(s.MaxLength != nil, op.RuleTooLong)
	b.when(s.MinLength != nil, op.RuleTooShort)
	b.when(len(s.Enum) > 0, op.RuleChoice)
	b.when(s.Pattern != "", op.RulePattern)
	b.when(b.body && op.Free(s), op.RuleControl)
	b.when(s.Minimum != nil || s.Maximum != nil, op.RuleRange)
	b.when(s.MaxItems != nil || s.MaxProperties != nil, op.RuleTooMany)
	b.when(s.MinItems != nil, op.RuleTooFew)
	b.walk(s.Items)
	for _, p := range s.Properties {
		b.walk(p)
	}
	if inner, open := s.AdditionalProperties.(*huma.Schema); open {
		b.when(true, op.RuleTooLong)
		b.walk(inner)
	}
}
