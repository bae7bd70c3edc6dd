package authn

import (
	"errors"
	"fmt"
	"strings"

	"backoffice/internal/op"
)

// ClaimMap names the claims from which an identity is made. What an external provider calls them is configuration; a claim
// with an empty name is not read.
type ClaimMap struct {
	Principal string // usr_… or key_…
	Tenant    string // ten_…
	Person    string // per_…
	Session   string
	Scope     string // separated by spaces
	Methods   string // amr
	AuthTime  string
	// AnyUse admits tokens without a claim token_use, of a provider whose access tokens have none. Its ID tokens must then be
	// told apart by their audience.
	AnyUse bool
}

// OwnClaims are the claims of the tokens issued here.
func OwnClaims() ClaimMap {
	return ClaimMap{Principal: "sub", Tenant: "tenant", Person: "person", Session: "sid", Scope: "scope", Methods: "amr", AuthTime: "auth_time"}
}

// identity reads an identity from checked claims.
func (m ClaimMap) identity(set map[string]any) (op.Identity, error) {
	who := op.Identity{Principal: text(set[m.Principal]), Tenant: text(set[m.Tenant]), Person: text(set[m.Person]),
		Session: text(set[m.Session]), Scopes: strings.Fields(text(set[m.Scope])), Methods: texts(set[m.Methods])}
	if at, ok := instant(set[m.AuthTime]); ok {
		who.AuthTime = at
	}
	if !who.Sound() {
		return op.Identity{}, errors.Join(errToken, fmt.Errorf("the claims %s and %s name nobody who can call", m.Tenant, m.Principal))
	}
	return who, nil
}
