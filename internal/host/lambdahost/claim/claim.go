// Package claim names the claims of an access token that say who calls, and where a user pool keeps them. It is apart, so that
// the user pool's trigger and the stacks share the names without the host.
package claim

// The claims. They are the same for the user pool, an external issuer and the embedded one.
const (
	Tenant    = "tenant"     // ten_…, required
	Principal = "principal"  // usr_… or key_…; where an issuer owns "sub", as a user pool does, it stands here
	Subject   = "sub"        // the principal where Principal is absent
	Person    = "person"     // per_…; absent for machines
	Scope     = "scope"      // scopes, space separated
	Session   = "sid"        // ses_…
	Origin    = "origin_jti" // the session where an issuer, as a user pool does, names it so
	Methods   = "amr"        // how the person signed in
	AuthTime  = "auth_time"  // seconds since 1970
	Use       = "token_use"  // must be "access" when present: an ID token opens nothing
)

// ScopePrefix precedes a domain's name in its scope; ResourceServer is the same without the slash, as a user pool names it.
const (
	ResourceServer = "backoffice"
	ScopePrefix    = ResourceServer + "/"
)

// The user pool's attributes that become claims. They are set when a user is made, and no client may write them.
const (
	AttributeTenant    = "custom:tenant"
	AttributePrincipal = "custom:principal"
	AttributePerson    = "custom:person"
)

// The variables of the user pool's triggers.
const (
	EnvScopes    = "BACKOFFICE_SCOPES"    // scopes to grant where a client could not ask for any, space separated
	EnvServices  = "BACKOFFICE_SERVICES"  // name of the parameter that maps machine clients' ids to [Machine]
	EnvProviders = "BACKOFFICE_PROVIDERS" // JSON: name of an issuer -> the tenant whose people it may sign in
	EnvPool      = "BACKOFFICE_USER_POOL" // id of the pool
)

// Machine is the principal as which a machine client acts: a service key of a tenant.
type Machine struct {
	Tenant    string `json:"tenant"`    // ten_…
	Principal string `json:"principal"` // key_…
}
