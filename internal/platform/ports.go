package platform

import (
	"context"
	"io"
	"time"

	"backoffice/internal/audit"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/platform/password"
	"backoffice/internal/seal"
	"backoffice/internal/takeup"
)

// Ports are what the platform domain needs of the outside. Open fills all but Tokens, which belong to the process: the host
// sets them after opening.
//
// The stores among them keep one set of manners. What reads one record gives op.RuleNotFound when it is not there, unless it says
// that it gives an empty one. What lists records gives them in the order in which they were made, with the position after them,
// nil at the end. Add puts a new record, and Save one over the version was that was read, both inside an act: when somebody was
// faster, the act fails with op.ErrConflict and is decided again.
type Ports struct {
	Tenants    TenantStore
	People     PersonStore
	Users      UserStore
	Roles      RoleStore
	Keys       KeyStore
	Sessions   SessionStore
	Logins     LoginStore
	Factors    FactorStore
	Codes      CodeStore
	Admins     AdministratorStore
	Jobs       jobs.Store
	Announcer  jobs.Announcer
	Acts       op.Committer
	Authorizer Decider
	Passwords  *password.Hasher
	Random     io.Reader   // of secrets
	Sealer     seal.Sealer // of what no reader of the table may see
	Relay      takeup.Relay
	Chain      takeup.Chain
	Everyone   EveryTenant
	Roots      *audit.Book // nil but for those who have to do with roots
	// Maintenance is the switch that shuts all writes.
	Maintenance MaintenanceStore

	Tokens TokenIssuer // nil where another provider signs people in
	Rights []string    // every right that the catalogue's operations ask for
}

// Page is where a list goes on and how many records it takes.
type Page struct {
	After map[string]string
	Limit int
}

// TenantStore keeps tenants: each in its own partition, and a client in its holder's too.
type TenantStore interface {
	// Tenant gives the tenant itself or one that it holds, else op.RuleNotFound.
	Tenant(ctx context.Context, tenant, id string) (Tenant, error)
	Tenants(ctx context.Context, tenant string, p Page) ([]Tenant, map[string]string, error)
	AddTenant(act *op.Act, t Tenant)
	SaveTenant(act *op.Act, t Tenant, was int)
}

// EveryTenant knows of all tenants, for what is done in an installation as a whole.
type EveryTenant interface {
	// AllTenants gives the ids of all tenants. One that was made a moment ago may be missing.
	AllTenants(ctx context.Context) ([]string, error)
}

// PersonStore keeps people.
type PersonStore interface {
	Person(ctx context.Context, tenant, id string) (Person, error)
	People(ctx context.Context, tenant string, p Page) ([]Person, map[string]string, error)
	AddPerson(act *op.Act, tenant string, p Person)
	SavePerson(act *op.Act, p, was Person)
}

// UserStore keeps users.
type UserStore interface {
	User(ctx context.Context, tenant, id string) (User, error)
	Users(ctx context.Context, tenant string, p Page) ([]User, map[string]string, error)
	// AddUser puts a user and its login; RuleEmailTaken when the tenant has one with the e-mail.
	AddUser(act *op.Act, tenant string, u User)
	SaveUser(act *op.Act, u User, was int)
}

// RoleStore keeps roles and role assignments.
type RoleStore interface {
	// Role gives a role that the tenant made, else op.RuleNotFound.
	Role(ctx context.Context, tenant, id string) (Role, error)
	Roles(ctx context.Context, tenant string, p Page) ([]Role, map[string]string, error)
	AddRole(act *op.Act, r Role)
	SaveRole(act *op.Act, r Role, was int)

	Assignment(ctx context.Context, tenant, principal, id string) (Assignment, error)
	Assignments(ctx context.Context, tenant, principal string, p Page) ([]Assignment, map[string]string, error)
	AddAssignment(act *op.Act, tenant string, a Assignment)
	SaveAssignment(act *op.Act, a Assignment, was int)
}

// KeyStore keeps service keys.
type KeyStore interface {
	Key(ctx context.Context, tenant, id string) (ServiceKey, error)
	Keys(ctx context.Context, tenant string, p Page) ([]ServiceKey, map[string]string, error)
	AddKey(act *op.Act, k ServiceKey)
	SaveKey(act *op.Act, k ServiceKey, was int)
}

// SessionStore keeps the open sessions; an ended one is gone.
type SessionStore interface {
	Session(ctx context.Context, tenant, user, id string) (Session, error)
	Sessions(ctx context.Context, tenant, user string) ([]Session, error)
	AddSession(act *op.Act, s Session)
	EndSession(act *op.Act, s Session)
	// Rotate puts a session over its former version at once, outside any act; false when somebody was faster.
	Rotate(ctx context.Context, s Session, was int) (bool, error)
}

// LoginStore keeps what signing in needs before the tenant is known.
type LoginStore interface {
	// Logins gives the users whom an e-mail belongs to, the oldest first.
	Logins(ctx context.Context, login string) ([]Login, error)
	Failures(ctx context.Context, of Guessed) (Failures, error)
	// SaveFailures puts a count over the one that was read, at once; false when somebody was faster.
	SaveFailures(ctx context.Context, of Guessed, f, was Failures) (bool, error)
	Claim(ctx context.Context) (Claim, error)
	// OfferClaim puts a claim over the one that was read, at once; false when somebody was faster.
	OfferClaim(ctx context.Context, c Claim, was int) (bool, error)
	// UseClaim marks the claim as used inside an act; RuleClaim when somebody was faster.
	UseClaim(act *op.Act, c Claim)
}

// Decider tells what a caller may do.
type Decider interface {
	// May gives those of the rights that the caller has, and how far.
	May(ctx context.Context, who op.Identity, rights []string, at time.Time) ([]Permission, error)
	// Gives lists the patterns of rights that the caller holds for every record and entity, and so may give to others.
	Gives(ctx context.Context, who op.Identity, at time.Time) ([]string, error)
}

// TokenIssuer issues access tokens.
type TokenIssuer interface {
	Issue(who op.Identity) (token string, good time.Duration, err error)
}
