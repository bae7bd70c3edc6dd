package authn

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"

	"backoffice/internal/clock"
	"backoffice/internal/op"
)

// External is the configuration of another provider's issuer.
type External struct {
	Issuer   string // claim iss
	Audience string // aud or client_id
	JWKS     string // where the provider publishes its keys, an https URL
	Claims   ClaimMap
	Client   *http.Client // for reading the keys; nil stands for one of its own
}

// NewExternal makes a verifier of another provider's access tokens. Keys are read when they are first needed and again when a
// token names one that is not known, from the configured address only.
func NewExternal(ctx context.Context, e External, now clock.Clock) *Verifier {
	if e.Client != nil {
		ctx = oidc.ClientContext(ctx, e.Client)
	}
	return &Verifier{issuer: e.Issuer, audience: e.Audience, now: now, keys: oidc.NewRemoteKeySet(ctx, e.JWKS), claims: e.Claims, skew: externalSkew}
}

// Several verifies tokens of several issuers: each token by the verifier of the issuer that it names.
type Several []*Verifier

// Verify hands the token to the verifier of its issuer; a token of any other is refused as op.RuleNoToken.
func (s Several) Verify(ctx context.Context, raw string) (op.Identity, error) {
	issuer, err := unverifiedIssuer(raw)
	if err == nil {
		for _, v := range s {
			if v.issuer == issuer {
				return v.Verify(ctx, raw)
			}
		}
		err = errors.New("an issuer that is not configured")
	}
	return op.Identity{}, op.RuleNoToken.Err().Because(errors.Join(errToken, err))
}

// unverifiedIssuer reads who a token claims to be from, only to choose by whose keys it is judged.
func unverifiedIssuer(raw string) (string, error) {
	if err := checkHeader(raw); err != nil {
		return "", err
	}
	bytes, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil {
		return "", err
	}
	var c struct {
		Issuer string `json:"iss"`
	}
	return c.Issuer, json.Unmarshal(bytes, &c)
}
