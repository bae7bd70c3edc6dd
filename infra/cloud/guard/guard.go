// Package guard holds the rules that every stack must keep, whoever wrote it. An Aspect visits the constructs and notes what only
// they know; the rules then judge the synthesised templates, which is what will be deployed, whatever overrode what on the way.
// A breach stops the synthesis and names its resource and its rule. Exceptions stand in Suppressions, each with its reason.
package guard

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/cxapi"
	"github.com/aws/constructs-go/constructs/v10"
)

// Guard is the Aspect. It is added to an app before the synthesis and asked for its judgement after it.
type Guard struct {
	public       map[string]string // routes that need no token -> the reason why
	suppressions []Suppression
	taggable     map[string]string // resource type -> the property that holds its tags
	used         []bool            // which suppressions have excused something
}

// New makes a guard; public gives the routes that need no token, each with its reason.
func New(public map[string]string) *Guard { return With(public, Suppressions()) }

// With makes a guard that knows other exceptions than those of the system.
func With(public map[string]string, suppressions []Suppression) *Guard {
	return &Guard{public: public, suppressions: suppressions, taggable: map[string]string{}, used: make([]bool, len(suppressions))}
}

// Visit notes which types of resource can carry tags: a template does not tell.
func (g *Guard) Visit(node constructs.IConstruct) {
	r, ok := node.(awscdk.CfnResource)
	if !ok {
		return
	}
	name := *r.CfnResourceType()
	if g.taggable[name] != "" {
		return
	}
	if tags := awscdk.TagManager_Of(node); tags != nil {
		property := *tags.TagPropertyName()
		g.taggable[name] = strings.ToUpper(property[:1]) + property[1:]
	}
}

// Judge gives every breach in the templates of an assembly, and every exception for a resource that does not need it; nil for
// none. Stages differ in what they have: an exception for a resource that no stage has is found by Unused.
func (g *Guard) Judge(assembly cxapi.CloudAssembly) error {
	s, err := load(assembly)
	if err != nil {
		return err
	}
	s.public, s.taggable = g.public, g.taggable
	all := []error{Sizes(assembly)}
	for _, b := range s.breaches() {
		if !g.suppressed(b) {
			all = append(all, b)
		}
	}
	for i, was := range g.used {
		if !was && s.anywhere(g.suppressions[i].At) {
			all = append(all, g.suppressions[i].idle())
		}
	}
	return errors.Join(all...)
}

// Breach is one rule that one resource does not keep.
type Breach struct {
	At      string // stack/logical id
	Rule    string
	Finding string
}

// Error names the resource and the rule.
func (b Breach) Error() string { return "guard: " + b.At + ": " + b.Rule + ": " + b.Finding }

// breaches holds every resource against every rule for its type, in an order that does not change.
func (s *system) breaches() []Breach {
	var out []Breach
	for _, t := range s.templates {
		for _, id := range slices.Sorted(maps.Keys(t.resources)) {
			p := place{system: s, template: t, id: id, resource: t.resources[id]}
			for _, r := range rules() {
				if len(r.types) > 0 && !slices.Contains(r.types, p.Type) {
					continue
				}
				for _, finding := range r.judge(p) {
					out = append(out, Breach{At: t.stack + "/" + id, Rule: r.name, Finding: finding})
				}
			}
		}
	}
	return out
}

func (g *Guard) suppressed(b Breach) bool {
	found := false
	for i, s := range g.suppressions {
		if s.covers(b) {
			found, g.used[i] = true, true
		}
	}
	return found
}

// Unused names the exceptions that none of the guards, each of a stage of its own, had any use for.
func Unused(guards []*Guard) error {
	var all []error
	for i, s := range Suppressions() {
		if !slices.ContainsFunc(guards, func(g *Guard) bool { return g.used[i] }) {
			all = append(all, s.idle())
		}
	}
	return errors.Join(all...)
}
