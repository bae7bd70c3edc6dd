package lambdahost

import (
	"strconv"
	"strings"
	"time"

	"backoffice/internal/host/lambdahost/claim"
	"backoffice/internal/op"
)

// IdentityOf reads who calls from a verified token's claims. API Gateway has checked signature, issuer, audience and times
// before a function sees them, and hands every claim over as text: a list as "[a b]", a number in digits. It returns nil when
// they name no tenant or no principal, or the system itself, or are not an access token's; such a call counts as one without
// a token.
func IdentityOf(claims map[string]string) *op.Identity {
	if use, there := claims[claim.Use]; there && use != "access" {
		return nil
	}
	who := &op.Identity{Tenant: claims[claim.Tenant], Principal: first(claims[claim.Principal], claims[claim.Subject]), Person: claims[claim.Person],
		Session: first(claims[claim.Session], claims[claim.Origin]), Scopes: strings.Fields(claims[claim.Scope]), Methods: list(claims[claim.Methods])}
	if !who.Sound() {
		return nil
	}
	if seconds, err := strconv.ParseInt(claims[claim.AuthTime], 10, 64); err == nil {
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
