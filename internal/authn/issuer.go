package authn

import (
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/op"
)

const (
	algorithm = "RS256"
	useAccess = "access"
	// AccessMinutes is how long an access token is good for.
	AccessMinutes = 15
)

// claims are an access token's.
type claims struct {
	jwt.RegisteredClaims
	Tenant   string   `json:"tenant,omitempty"`
	Person   string   `json:"person,omitempty"`
	Session  string   `json:"sid,omitempty"`
	Scope    string   `json:"scope,omitempty"`
	Methods  []string `json:"amr,omitempty"`
	AuthTime int64    `json:"auth_time,omitempty"`
	Use      string   `json:"token_use"`
	ClientID string   `json:"client_id,omitempty"`
}

// Issuer issues access tokens.
type Issuer struct {
	name, audience string
	keys           *Keys
	now            clock.Clock
	ids            *id.Source
}

// NewIssuer makes an issuer with a name (the claim iss, an absolute URL) for an audience.
func NewIssuer(name, audience string, keys *Keys, now clock.Clock, ids *id.Source) *Issuer {
	return &Issuer{name: name, audience: audience, keys: keys, now: now, ids: ids}
}

// Issue makes an access token that says what the identity says, and tells how long it is good for.
func (i *Issuer) Issue(who op.Identity) (token string, good time.Duration, err error) {
	now := i.now()
	good = AccessMinutes * time.Minute
	c := claims{Tenant: who.Tenant, Person: who.Person, Session: who.Session, Scope: strings.Join(who.Scopes, " "),
		Methods: who.Methods, AuthTime: who.AuthTime.Unix(), Use: useAccess}
	c.Issuer, c.Subject, c.Audience, c.ID = i.name, who.Principal, jwt.ClaimStrings{i.audience}, i.ids.New("tok")
	c.IssuedAt, c.NotBefore, c.ExpiresAt = jwt.NewNumericDate(now), jwt.NewNumericDate(now), jwt.NewNumericDate(now.Add(good))
	key := i.keys.list[0]
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, c)
	t.Header["kid"] = key.ID
	token, err = t.SignedString(key.private)
	if err != nil {
		return "", 0, fmt.Errorf("authn: sign a token: %w", err)
	}
	return token, good, nil
}

// JWKS gives the document under which the issuer's public keys are published.
func (i *Issuer) JWKS() []byte { return i.keys.JWKS() }

// Verifier gives the verifier of this issuer's own tokens.
func (i *Issuer) Verifier() *Verifier {
	return &Verifier{issuer: i.name, audience: i.audience, now: i.now, keys: pinned(i.keys.public()), claims: OwnClaims()}
}
