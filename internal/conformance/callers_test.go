package conformance

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"backoffice/internal/authn"
	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/host/localhost"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/password"
	"backoffice/internal/platform/platformdb"
)

// adjust gives the platform's ports what a process gives them: an issuer, the authorizer, every right. Password hashes are cheap.
func (s *system) adjust(cfg config.Config) (localhost.Adjust, error) {
	key, err := authn.NewKey()
	if err != nil {
		return nil, err
	}
	issuer := authn.NewIssuer(cfg.Issuer, cfg.Audience, authn.NewKeys(key), s.clock, s.ids)
	return func(_ string, ports any) any {
		p, ok := ports.(platform.Ports)
		if !ok {
			return ports
		}
		p.Tokens, p.Authorizer, p.Rights = issuer, s.authz, catalog.Rights()
		p.Passwords = password.NewHasher(password.Parameters{MemoryKiB: 8, Passes: 1, Lanes: 1}, nil)
		return p
	}, nil
}

// caller is who calls; its JSON is the bearer token of the walk.
type caller struct {
	Tenant  string   `json:"tenant"`
	User    string   `json:"user"`
	Person  string   `json:"person"`
	Refused []string `json:"refused,omitempty"` // rights that this caller lacks
}

func (c caller) token() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// verifier reads the walk's tokens. Its answer to anything else is that of every verifier.
type verifier struct{}

// Verify turns a token into an identity that has proved itself strongly and just now.
func (verifier) Verify(_ context.Context, token string) (op.Identity, error) {
	c, err := callerOf(token)
	if err != nil || c.Tenant == "" {
		return op.Identity{}, op.RuleNoToken.Err()
	}
	return op.Identity{Tenant: c.Tenant, Principal: c.User, Person: c.Person, Session: token, Scopes: platform.Scopes(catalog.Rights()),
		Methods: []string{"pwd", "otp"}, AuthTime: begin}, nil
}

func callerOf(token string) (caller, error) {
	var c caller
	return c, json.Unmarshal([]byte(token), &c)
}

// rights refuses what a caller's token names as lacking, and has the platform decide on everything else.
type rights struct{ platform op.Authorizer }

// Authorize decides on a call.
func (r rights) Authorize(ctx context.Context, who op.Identity, spec op.Spec, at time.Time) (op.Grant, error) {
	c, err := callerOf(who.Session)
	if err != nil || slices.Contains(c.Refused, spec.Right()) {
		return op.Grant{}, op.RuleForbidden.Err()
	}
	return r.platform.Authorize(ctx, who, spec, at)
}

// tenant sets a fresh tenant up, with two people who administer it.
func (s *system) tenant(t *testing.T) *tenant {
	t.Helper()
	tn := &tenant{sys: s, id: s.ids.New("ten"), done: map[string]answer{}}
	spec := &op.Spec{ID: "platform.walk", Kind: op.Command}
	act := &op.Act{ID: s.ids.New("act"), Tenant: tn.id, Operation: spec.ID, Principal: op.SystemPrincipal, At: s.clock(), Status: spec.SuccessStatus()}
	records := platformdb.New(s.db)
	records.AddTenant(act, platform.Tenant{ID: tn.id, Holder: tn.id, Name: "Walker", Version: 1})
	tn.maker = s.administrator(act, records, "ailsa@walk.test")
	tn.second = s.administrator(act, records, "bruno@walk.test")
	if err := s.acts.Commit(t.Context(), spec, act); err != nil {
		t.Fatal(err)
	}
	return tn
}

// administrator adds a person with a user and every right.
func (s *system) administrator(act *op.Act, records *platformdb.Records, email string) caller {
	c := caller{Tenant: act.Tenant, User: s.ids.New("usr"), Person: s.ids.New("per")}
	records.AddPerson(act, act.Tenant, platform.Person{ID: c.Person, Name: "Walker", Version: 1})
	records.AddUser(act, act.Tenant, platform.User{ID: c.User, Email: email, Person: c.Person, State: platform.StateActive, Version: 1})
	records.AddAssignment(act, act.Tenant, platform.Assignment{ID: s.ids.New("ras"), Principal: c.User, Role: platform.RoleAdministrator, Scope: string(op.All),
		State: platform.StateActive, Version: 1})
	return c
}
