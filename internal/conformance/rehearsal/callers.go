package rehearsal

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"backoffice/internal/authn"
	"backoffice/internal/catalog"
	"backoffice/internal/host/localhost"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/password"
	"backoffice/internal/platform/platformdb"
)

// adjust gives the platform's ports what a process gives them: an issuer, the authorizer, every right. Password hashes are cheap.
func (s *System) adjust(o Options) localhost.Adjust {
	return func(_ string, ports any) any {
		p, ok := ports.(platform.Ports)
		if !ok {
			return ports
		}
		p.Tokens = authn.NewIssuer(issuerName, audience, authn.NewKeys(o.Key), s.Clock, s.IDs)
		p.Authorizer, p.Rights = s.Authz, catalog.Rights()
		p.Passwords = password.NewHasher(password.Parameters{MemoryKiB: 8, Passes: 1, Lanes: 1}, o.Secrets)
		if o.Secrets != nil {
			p.Random = o.Secrets
		}
		return p
	}
}

// Caller is who calls; its JSON is the bearer token of a rehearsal.
type Caller struct {
	Tenant  string   `json:"tenant"`
	User    string   `json:"user"`
	Person  string   `json:"person"`
	Refused []string `json:"refused,omitempty"` // rights that this caller lacks
	// Age is how long ago the caller signed in.
	Age time.Duration `json:"age,omitempty"`
}

// Token gives the caller's bearer token.
func (c Caller) Token() string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic("rehearsal: a caller that cannot be encoded: " + err.Error())
	}
	return string(raw)
}

// verifier reads a rehearsal's tokens. Its answer to anything else is that of every verifier.
type verifier struct{ sys *System }

// Verify turns a token into an identity that has proved itself strongly.
func (v verifier) Verify(_ context.Context, token string) (op.Identity, error) {
	var c Caller
	if err := json.Unmarshal([]byte(token), &c); err != nil || c.Tenant == "" {
		return op.Identity{}, op.RuleNoToken.Err()
	}
	return op.Identity{Tenant: c.Tenant, Principal: c.User, Person: c.Person, Session: c.session(), Scopes: platform.Scopes(catalog.Rights()),
		Methods: []string{"pwd", "otp"}, AuthTime: v.sys.Clock().Add(-c.Age)}, nil
}

// session names a caller's session as another provider would, in as many characters as the platform's own; and behind it, for
// rights to read, what the caller lacks.
func (c Caller) session() string {
	_, unique, _ := strings.Cut(c.User, "_")
	return strings.Join(append([]string{"sid_" + unique}, c.Refused...), "/")
}

// rights refuses what a caller's session names as lacking, and has the platform decide on everything else.
type rights struct{ platform op.Authorizer }

// Authorize decides on a call.
func (r rights) Authorize(ctx context.Context, who op.Identity, spec op.Spec, at time.Time) (op.Grant, error) {
	if lacks := strings.Split(who.Session, "/")[1:]; slices.Contains(lacks, spec.Right()) {
		return op.Grant{}, op.RuleForbidden.Err()
	}
	return r.platform.Authorize(ctx, who, spec, at)
}

// seeding is the operation in whose name people are put into a tenant.
var seeding = op.Spec{ID: "platform.walk", Kind: op.Command}

// Seeding is an act that puts people into a tenant, to be filled with AddUser and committed.
func (s *System) Seeding(tenant string) *op.Act {
	return &op.Act{ID: s.IDs.New("act"), Tenant: tenant, Operation: seeding.ID, Principal: op.SystemPrincipal, At: s.Clock(), Status: seeding.SuccessStatus()}
}

// Seed commits an act of Seeding.
func (s *System) Seed(ctx context.Context, act *op.Act) error {
	return s.Acts.Commit(ctx, &seeding, act)
}

// AddUser adds a person with a user to an act, and the user's role over everything; no role for "".
func (s *System) AddUser(act *op.Act, role, email string) Caller {
	records := platformdb.New(s.DB)
	c := Caller{Tenant: act.Tenant, User: s.IDs.New("usr"), Person: s.IDs.New("per")}
	records.AddPerson(act, act.Tenant, platform.Person{ID: c.Person, Name: "Walker", Version: 1})
	records.AddUser(act, act.Tenant, platform.User{ID: c.User, Email: email, Person: c.Person, State: platform.StateActive, Version: 1})
	if role != "" {
		records.AddAssignment(act, act.Tenant, platform.Assignment{ID: s.IDs.New("ras"), Principal: c.User, Role: role, Scope: string(op.All),
			State: platform.StateActive, Version: 1})
	}
	return c
}
