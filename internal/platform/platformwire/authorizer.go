package platformwire

import (
	"context"
	"maps"
	"slices"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/id"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/platform/policy"
	"backoffice/internal/wire"
)

// Authorizer decides on every call: it reads what the store says of the caller, keeps it for a minute at most, and asks the
// policies. Everything that goes wrong is a refusal.
type Authorizer struct {
	facts  *loader
	engine *policy.Engine
}

// NewAuthorizer makes the authorizer of a process.
func NewAuthorizer(env *wire.Env) *Authorizer {
	return &Authorizer{facts: &loader{records: platformdb.New(env.DB), now: env.Clock}, engine: policy.New()}
}

// Authorize decides whether a caller may call an operation, and how far its right reaches.
func (a *Authorizer) Authorize(ctx context.Context, who op.Identity, spec op.Spec, at time.Time) (op.Grant, error) {
	d, err := a.decide(ctx, who, spec.Right(), spec.Kind, at)
	if err != nil {
		return op.Grant{}, err
	}
	g, err := toGrant(d, spec.Narrows)
	if err == nil && g.Breadth == op.Subordinates {
		g.People, err = a.facts.below(ctx, who.Tenant, who.Person)
	}
	return g, err
}

// toGrant gives a decision as the pipeline takes it: a breadth, in all entities or some. An operation that does not narrow
// its answers to own records has use for the widest breadth alone, be it in a few entities. Another is told of what holds in
// all entities first; only a caller who has nothing there is told of some.
func toGrant(d policy.Decision, narrows bool) (op.Grant, error) {
	switch {
	case d.NoScope:
		return op.Grant{}, op.RuleTokenScope.Err()
	case !d.Allowed:
		return op.Grant{}, op.RuleForbidden.Err()
	case d.Breadth == op.All || d.Breadth != "" && narrows:
		return op.Grant{Breadth: d.Breadth, Roles: d.Roles}, nil
	}
	g := op.Grant{Roles: d.Roles}
	for _, breadth := range []op.Breadth{op.All, op.Subordinates, op.Own} {
		for _, entity := range slices.Sorted(maps.Keys(d.Entities)) {
			if d.Entities[entity] == breadth {
				g.Breadth, g.Entities = breadth, append(g.Entities, entity)
			}
		}
		if g.Entities != nil {
			return g, nil
		}
	}
	return op.Grant{Breadth: d.Breadth, Roles: d.Roles}, nil // too narrow for the operation, which the pipeline says
}

// May gives those of the rights that the caller has with its present token.
func (a *Authorizer) May(ctx context.Context, who op.Identity, rights []string, at time.Time) ([]platform.Permission, error) {
	var out []platform.Permission
	for _, r := range rights {
		d, err := a.decide(ctx, who, r, op.Query, at)
		if err != nil {
			return nil, err
		}
		if d.Allowed {
			out = append(out, permission(r, d))
		}
	}
	return out, nil
}

func permission(right string, d policy.Decision) platform.Permission {
	p := platform.Permission{Right: right, Scope: string(d.Breadth), Roles: d.Roles}
	for _, entity := range slices.Sorted(maps.Keys(d.Entities)) {
		p.Entities = append(p.Entities, platform.EntityPermission{Entity: entity, Scope: string(d.Entities[entity])})
	}
	return p
}

// Gives lists the patterns of rights that the caller holds for every record and entity.
func (a *Authorizer) Gives(ctx context.Context, who op.Identity, at time.Time) ([]string, error) {
	f, err := a.facts.of(ctx, who.Tenant, who.Principal, ownSession(who))
	if err != nil {
		return nil, err
	}
	if !active(who, f) {
		return nil, nil
	}
	return f.gives(civil.FromTime(at)), nil
}

func (a *Authorizer) decide(ctx context.Context, who op.Identity, name string, kind op.Kind, at time.Time) (policy.Decision, error) {
	q := policy.Question{Right: name, Kind: kind, Tenant: who.Tenant, Scopes: who.Scopes, SessionOpen: true, At: at}
	p := policy.Principal{ID: who.Principal, Tenant: who.Tenant, Active: true}
	var grants []policy.Grant
	if who.Principal != op.SystemPrincipal {
		session := ownSession(who)
		f, err := a.facts.of(ctx, who.Tenant, who.Principal, session)
		if err != nil {
			return policy.Decision{}, err
		}
		p.Active = active(who, f)
		q.SessionOpen = session == "" || f.session(session, at)
		grants = f.grants(who, civil.FromTime(at))
	}
	d, err := a.engine.Decide(p, grants, q)
	if err != nil {
		return policy.Decision{}, op.RuleForbidden.Err().Because(err)
	}
	return d, nil
}

// active tells whether the principal exists, may act, and is the person whom the token names: four-eyes rules go by the person.
func active(who op.Identity, f *facts) bool {
	return f.Found && f.State == platform.StateActive && f.Person == who.Person
}

// ownSession gives the token's session when it is one of ours; another provider's sessions are its own affair.
func ownSession(who op.Identity) string {
	if id.Valid("ses", who.Session) {
		return who.Session
	}
	return ""
}

// grants gives a principal's role assignments with the rights that their roles have on a day, and what everyone has.
func (f *facts) grants(who op.Identity, on civil.Date) []policy.Grant {
	everyone, _ := platform.BuiltInRights(platform.RoleEveryone, on)
	out := []policy.Grant{{ID: platform.RoleEveryone, Holder: who.Principal, Tenant: who.Tenant, Role: platform.RoleEveryone, Rights: everyone, Breadth: op.Own}}
	for _, a := range f.Assignments {
		if a.State != platform.StateActive {
			continue
		}
		out = append(out, policy.Grant{ID: a.ID, Holder: a.Principal, Tenant: who.Tenant, Role: a.Role, Rights: f.rights(a.Role, on),
			Breadth: op.Breadth(a.Scope), From: a.From, To: a.To, Entity: a.Entity})
	}
	return out
}

// VerifyKey turns a service key's bearer into an identity with the given scopes; op.RuleNoToken when it is not a key that is
// good. A revoked key is refused within a minute.
func (a *Authorizer) VerifyKey(ctx context.Context, bearer string, scopes []string) (op.Identity, error) {
	tenant, key, secret, ok := platform.ParseBearer(bearer)
	if !ok {
		return op.Identity{}, op.RuleNoToken.Err()
	}
	f, err := a.facts.of(ctx, tenant, key, "")
	if err != nil {
		return op.Identity{}, err
	}
	if !f.Found || f.State != platform.StateActive || !platform.Opens(secret, f.SecretHash) {
		return op.Identity{}, op.RuleNoToken.Err()
	}
	return op.Identity{Tenant: tenant, Principal: key, Scopes: scopes, Methods: []string{"key"}}, nil
}
