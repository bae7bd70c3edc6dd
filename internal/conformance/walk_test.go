package conformance

import (
	"os"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
)

// subject is one operation under one rule, in a fresh tenant of a fresh system.
type subject struct {
	o    op.Operation
	spec *op.Spec
	form form
	sys  *system
	*tenant
}

// ready gives the operation's example as a request, all that it depends on done.
func (s *subject) ready(t *testing.T) *request {
	t.Helper()
	return s.prepare(t, s.o)
}

// fresh gives another tenant and the example in it.
func (s *subject) fresh(t *testing.T) (*tenant, *request) {
	t.Helper()
	tn := s.sys.tenant(t)
	return tn, tn.prepare(t, s.o)
}

// trial sends spoilt copies of the example that may work all the same: after one that did, the next goes to a fresh tenant.
func (s *subject) trial() func(t *testing.T, spoil func(*request) *request) answer {
	var r *request
	return func(t *testing.T, spoil func(*request) *request) answer {
		t.Helper()
		if r == nil {
			_, r = s.fresh(t)
		}
		a := spoil(r).send(t)
		if a.OK() && s.spec.Kind != op.Query {
			r = nil
		}
		return a
	}
}

// convention is one rule of the walk.
type convention struct {
	name    string
	applies func(s *subject) bool
	check   func(t *testing.T, s *subject)
}

func always(*subject) bool     { return true }
func overHTTP(s *subject) bool { return s.spec.HTTP() }
func guarded(s *subject) bool  { return s.spec.HTTP() && s.spec.Public == "" }
func keeps(s *subject) bool    { return s.spec.Writes() }
func command(s *subject) bool  { return s.spec.Kind == op.Command }
func query(s *subject) bool    { return s.spec.Kind == op.Query }
func hasBody(s *subject) bool  { return s.form.body != nil }
func versioned(s *subject) bool {
	return s.spec.IfMatch
}

func both(a, b func(*subject) bool) func(*subject) bool {
	return func(s *subject) bool { return a(s) && b(s) }
}

// conventions are every rule that the walk holds every operation against, by the name that an exemption would use.
var conventions = []convention{
	{"example", always, checkExample},
	{"act", keeps, checkAct},
	{"token", guarded, checkToken},
	{"right", guarded, checkRight},
	{"roles", guarded, checkRoles},
	{"step-up", func(s *subject) bool { return s.spec.StepUp > 0 }, checkStepUp},
	{"other-tenant", both(overHTTP, guarded), checkOtherTenant},
	{"method", overHTTP, checkMethod},
	{"unknown-parameter", overHTTP, checkUnknownParameter},
	{"repeated-parameter", overHTTP, checkRepeatedParameter},
	{"parameter-type", overHTTP, checkParameterType},
	{"strange-id", overHTTP, checkStrangeID},
	{"format", overHTTP, checkFormat},
	{"list", both(query, isList), checkList},
	{"not-modified", query, checkNotModified},
	{"no-body", func(s *subject) bool { return s.form.body == nil }, checkNoBody},
	{"body-syntax", hasBody, checkBodySyntax},
	{"media-type", both(overHTTP, hasBody), checkMediaType},
	{"body-limit", overHTTP, checkBodyLimit},
	{"unknown-field", hasBody, checkUnknownField},
	{"field-type", hasBody, checkFieldType},
	{"null", hasBody, checkNull},
	{"required", hasBody, checkRequired},
	{"limits", always, checkLimits},
	{"strange-text", hasBody, checkStrangeText},
	{"echo", always, checkEcho},
	{"key", keeps, checkKey},
	{"replay", keeps, checkReplay},
	{"twins", keeps, checkTwins},
	{"key-reused", keeps, checkKeyReused},
	{"key-after-refusal", keeps, checkKeyAfterRefusal},
	{"maintenance", always, checkMaintenance},
	{"if-match", versioned, checkIfMatch},
	{"dry-run", command, checkDryRun},
	{"dry-run-of-query", query, checkDryRunOfQuery},
}

// The walk: every operation under every rule. WALK=part-of-an-id narrows it while working on one operation.
func TestWalk(t *testing.T) {
	only := os.Getenv("WALK")
	walked := 0
	for _, o := range catalog.Operations() {
		spec := o.Describe()
		if !strings.Contains(spec.ID, only) {
			continue
		}
		walked++
		t.Run(spec.ID, func(t *testing.T) {
			t.Parallel()
			for _, c := range conventions {
				s := &subject{o: o, spec: spec, form: formOf(o)}
				if !c.applies(s) || spec.ExemptFrom(c.name) != "" {
					continue
				}
				passed := t.Run(c.name, func(t *testing.T) {
					s.sys = open(t)
					s.tenant = s.sys.tenant(t)
					c.check(t, s)
				})
				if !passed && c.name == conventions[0].name {
					return // without a working example the rest says nothing
				}
			}
		})
	}
	if walked == 0 {
		t.Fatal("no operation was walked")
	}
}

// An exemption names a rule that there is.
func TestExemptionsNameRules(t *testing.T) {
	names := map[string]bool{}
	for _, c := range conventions {
		names[c.name] = true
	}
	for _, o := range catalog.Operations() {
		for _, e := range o.Describe().Exempt {
			if !names[e.Rule] || strings.TrimSpace(e.Because) == "" {
				t.Errorf("%s is exempt from %q because %q: no such rule, or no reason", o.Describe().ID, e.Rule, e.Because)
			}
		}
	}
}
