package policy

import (
	_ "embed" // the policies' text
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cedar-policy/cedar-go"

	"backoffice/internal/civil"
	"backoffice/internal/op"
	"backoffice/internal/platform/right"
)

//go:embed access.cedar
var accessCedar []byte

// ErrPolicy says that a policy could not be evaluated; the question was denied.
var ErrPolicy = errors.New("policy: a policy failed")

// Principal is who asks, as the store knows it.
type Principal struct {
	ID     string
	Tenant string
	Active bool
}

// Grant is a role's rights made out to a principal.
type Grant struct {
	ID       string
	Holder   string
	Tenant   string
	Role     string
	Rights   []string // patterns
	Breadth  op.Breadth
	From, To civil.Date // both inclusive; the zero date leaves that end open
	Entity   string     // the one entity it is limited to; "" for all
}

// Question is what is asked.
type Question struct {
	Right       string
	Kind        op.Kind
	Tenant      string
	Scopes      []string // of the token
	SessionOpen bool
	At          time.Time
}

// Decision is the answer: how far the right reaches in all entities, "" for not at all, and where it reaches further in one.
type Decision struct {
	Allowed  bool
	Breadth  op.Breadth
	Roles    []string
	Entities map[string]op.Breadth
	NoScope  bool // denied although a grant covers it, because the token lacks the domain's scope
}

// Engine holds the policies.
type Engine struct{ policies *cedar.PolicySet }

// New gives the engine with the system's policies. They are part of the program: that they cannot be read is a defect.
func New() *Engine {
	e, err := parse(accessCedar)
	if err != nil {
		panic("policy: " + err.Error())
	}
	return e
}

func parse(texts ...[]byte) (*Engine, error) {
	set := cedar.NewPolicySet()
	for _, text := range texts {
		list, err := cedar.NewPolicyListFromBytes("access.cedar", text)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			name := cedar.PolicyID(p.Annotations()["id"])
			if name == "" || !set.Add(name, p) {
				return nil, fmt.Errorf("a policy without a name of its own: %q", name)
			}
		}
	}
	return &Engine{policies: set}, nil
}

// Decide answers a question from a principal's grants. It returns ErrPolicy, and a denial, when any policy fails for any of
// them.
func (e *Engine) Decide(p Principal, grants []Grant, q Question) (Decision, error) {
	if !right.IsRight(q.Right) {
		return Decision{}, fmt.Errorf("%w: %q is no right", ErrPolicy, q.Right)
	}
	if p.ID == op.SystemPrincipal {
		return e.system(p, q)
	}
	var d Decision
	var allowing []Grant
	for _, g := range grants {
		allowed, reasons, err := e.ask(p, grantEntity(g), q)
		if err != nil {
			return Decision{}, err
		}
		if allowed {
			allowing = append(allowing, g)
		} else if g.Holder == p.ID && slices.Equal(reasons, []string{"token-scope"}) && inForce(g, q) {
			d.NoScope = true
		}
	}
	if len(allowing) > 0 {
		return join(allowing), nil
	}
	return d, nil
}

// join makes one decision of the grants that allow. Those for all entities and those for one are kept apart, so that a further
// grant never takes anything away, and none reaches further than it says.
func join(allowing []Grant) Decision {
	d := Decision{Allowed: true, Entities: map[string]op.Breadth{}}
	for _, g := range allowing {
		d.Roles = append(d.Roles, g.Role)
		if g.Entity == "" {
			d.Breadth = wider(d.Breadth, g.Breadth)
		} else {
			d.Entities[g.Entity] = wider(d.Entities[g.Entity], g.Breadth)
		}
	}
	for entity, b := range d.Entities {
		if wider(d.Breadth, b) == d.Breadth {
			delete(d.Entities, entity)
		}
	}
	d.Roles = distinct(d.Roles)
	return d
}

// wider gives the one of two breadths that reaches further.
func wider(a, b op.Breadth) op.Breadth {
	widths := map[op.Breadth]int{op.Own: 1, op.Subordinates: 2, op.All: 3}
	if widths[b] > widths[a] {
		return b
	}
	return a
}

func distinct(in []string) []string {
	slices.Sort(in)
	return slices.Compact(in)
}

// inForce tells whether a grant would have covered the question, for the reason that a refusal gives.
func inForce(g Grant, q Question) bool {
	day := civil.FromTime(q.At)
	covered := slices.ContainsFunc(g.Rights, func(p string) bool { return right.Covers(p, q.Right) })
	return covered && (g.From.IsZero() || !day.Before(g.From)) && (g.To.IsZero() || !day.After(g.To))
}

func (e *Engine) system(p Principal, q Question) (Decision, error) {
	target := cedar.Entity{UID: cedar.NewEntityUID("Tenant", cedar.String(q.Tenant)),
		Attributes: cedar.NewRecord(cedar.RecordMap{"tenant": cedar.String(q.Tenant)})}
	allowed, _, err := e.ask(p, target, q)
	if err != nil || !allowed {
		return Decision{}, err
	}
	return Decision{Allowed: true, Breadth: op.All, Roles: []string{op.SystemPrincipal}}, nil
}

// ask puts one question about one grant to Cedar.
func (e *Engine) ask(p Principal, resource cedar.Entity, q Question) (allowed bool, reasons []string, err error) {
	who, action := principalUID(p.ID), actionUID(right.Normal(q.Right))
	var parents []cedar.EntityUID
	for _, a := range right.Ancestors(q.Right) {
		parents = append(parents, actionUID(a))
	}
	entities := cedar.EntityMap{
		who: {UID: who, Attributes: cedar.NewRecord(cedar.RecordMap{
			"tenant": cedar.String(p.Tenant), "active": cedar.Boolean(p.Active)})},
		action:       {UID: action, Parents: cedar.NewEntityUIDSet(parents...)},
		resource.UID: resource,
	}
	verdict, diagnostic := cedar.Authorize(e.policies, entities, cedar.Request{Principal: who, Action: action, Resource: resource.UID,
		Context: cedar.NewRecord(cedar.RecordMap{
			"kind": cedar.String(q.Kind), "scope": cedar.String(right.Scope(right.Domain(q.Right))), "scopes": texts(q.Scopes),
			"sessionOpen": cedar.Boolean(q.SessionOpen), "day": day(civil.FromTime(q.At)),
		})})
	if len(diagnostic.Errors) > 0 {
		return false, nil, fmt.Errorf("%w: %s: %s", ErrPolicy, diagnostic.Errors[0].PolicyID, diagnostic.Errors[0].Message)
	}
	for _, r := range diagnostic.Reasons {
		reasons = append(reasons, string(r.PolicyID))
	}
	return verdict == cedar.Allow, reasons, nil
}

func grantEntity(g Grant) cedar.Entity {
	var rights []cedar.Value
	for _, r := range g.Rights {
		if right.IsPattern(r) {
			rights = append(rights, actionUID(right.Normal(r)))
		}
	}
	from, to := cedar.Long(math.MinInt64), cedar.Long(math.MaxInt64)
	if !g.From.IsZero() {
		from = day(g.From)
	}
	if !g.To.IsZero() {
		to = day(g.To)
	}
	return cedar.Entity{UID: cedar.NewEntityUID("Grant", cedar.String(g.ID)), Attributes: cedar.NewRecord(cedar.RecordMap{
		"holder": principalUID(g.Holder), "tenant": cedar.String(g.Tenant), "rights": cedar.NewSet(rights...), "from": from, "to": to})}
}

func principalUID(id string) cedar.EntityUID {
	kind := cedar.EntityType("User")
	switch {
	case id == op.SystemPrincipal:
		kind = "System"
	case strings.HasPrefix(id, "key_"):
		kind = "Key"
	}
	return cedar.NewEntityUID(kind, cedar.String(id))
}

func actionUID(pattern string) cedar.EntityUID {
	return cedar.NewEntityUID("Action", cedar.String(pattern))
}

// day numbers dates, which Cedar has no type for that goes without a time zone.
func day(d civil.Date) cedar.Long {
	return cedar.Long(civil.Of(1970, time.January, 1).DaysUntil(d))
}

func texts(in []string) cedar.Set {
	out := make([]cedar.Value, len(in))
	for i, s := range in {
		out[i] = cedar.String(s)
	}
	return cedar.NewSet(out...)
}
