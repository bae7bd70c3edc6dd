package platformwire

import (
	"context"
	"strings"

	"backoffice/internal/op"
)

// TokenVerifier turns an access token into an identity; an error is a refusal.
type TokenVerifier interface {
	Verify(ctx context.Context, token string) (op.Identity, error)
}

// Bearers verifies whatever stands in an Authorization header: service keys by the store, everything else as an access token.
type Bearers struct {
	Keys   *Authorizer
	Tokens TokenVerifier
	Scopes []string // that service keys have
}

// Verify turns a bearer into an identity; op.RuleNoToken when it is neither.
func (b Bearers) Verify(ctx context.Context, bearer string) (op.Identity, error) {
	if strings.HasPrefix(bearer, "key_") {
		return b.Keys.VerifyKey(ctx, bearer, b.Scopes)
	}
	return b.Tokens.Verify(ctx, bearer)
}
