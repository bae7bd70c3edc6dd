// Package authn says who calls: it issues the access tokens of an installation that has no identity provider of its own, and
// verifies those and an external provider's. A token says who the caller is and how it signed in, never what it may do: that
// is read from the store at every call (see package platform).
//
// Tokens are JWTs signed with RS256 and nothing else, so that the host accepts exactly what the JWT authorizer in front of the
// functions accepts. The keys are known before the token is seen: a token that brings or points at its own key is refused.
//
//	claim     | of access tokens issued here
//	iss, aud  | as configured
//	sub       | usr_… or key_…
//	tenant    | ten_…
//	person    | per_…, absent for machines
//	sid       | ses_…
//	scope     | one per domain, separated by spaces: backoffice/<domain>
//	amr       | how the caller signed in
//	auth_time | when, in seconds
//	token_use | access
//	jti, iat, nbf, exp
package authn
