package lambdahost

import (
	"strconv"
	"strings"
	"time"

	"backoffice/internal/op"
)

// The claims of an access token that say who calls. They are the same for the user pool, an external issuer and the embedded
// one. API Gateway has verified signature, issuer, audience and times before a function sees them, and hands every claim over
// as text: a list as "[a b]", a number in digits.
const (
	ClaimTenant    = "tenant"     // ten_…, required
	ClaimPrincipal = "principal"  // usr_… or key_…; where an issuer owns "sub", as a user pool does, it stands here
	ClaimSubject   = "sub"        // the principal where ClaimPrincipal is absent
	ClaimPerson    = "person"     // per_…; absent for machines
	ClaimScope     = "scope"      // scopes, space separated
	ClaimSession   = "sid"        // ses_…
	ClaimOrigin    = "origin_jti" // the session where an issuer, as a user pool does, names it so
	ClaimMethods   = "amr"        // how the person signed in
	ClaimAuthTime  = "auth_time"  // seconds since 1970
	ClaimUse       = "token_use"  // must be "access" when present: an ID token opens nothing
)

// IdentityOf reads who calls from a verified token's claims. It returns nil when they name no tenant or no principal, or are
// not an access token's; such a call counts as one without a token.
func IdentityOf(claims map[string]string) *op.Identity {
	if use, there := claims[ClaimUse]; there && use != "access" {
		return nil
	}
	who := &op.Identity{Tenant: claims[ClaimTenant], Principal: first(claims[ClaimPrincipal], claims[ClaimSubject]), Person: claims[ClaimPerson],
		Session: first(claims[ClaimSession], claims[ClaimOrigin]), Scopes: strings.Fields(claims[ClaimScope]), Methods: list(claims[ClaimMethods])}
	if who.Tenant == "" || who.Principal == "" || strings.ContainsAny(who.Tenant, "| ") {
		return nil
	}
	if seconds, err := strconv.ParseInt(claims[ClaimAuthTime], 10, 64); err == nil {
		who.AuthTime = time.Unix(seconds, 0).UTC()
	}
	return who
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// list reads a list claim as API Gateway renders it, and the forms that emulators give: "[a b]", "a,b", `["a","b"]`.
func list(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(`[]," `, c) })
}
