package system

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"backoffice/internal/authn"
	"backoffice/internal/op"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/privatefile"
)

const secretBytes = 32

// openSecret reads a random secret, making it when it is not there.
func openSecret(path string) ([]byte, error) {
	raw, err := privatefile.ReadOrCreate(path, func() ([]byte, error) {
		fresh := make([]byte, secretBytes)
		_, err := rand.Read(fresh)
		return fresh, err
	})
	if err == nil && len(raw) < secretBytes {
		return nil, fmt.Errorf("secret %s is too short", path)
	}
	return raw, err
}

// verifier takes service keys and access tokens.
type verifier struct {
	keys   *platformwire.Authorizer
	scopes []string
	tokens authn.Several
}

// Verify turns a bearer into an identity.
func (v verifier) Verify(ctx context.Context, bearer string) (op.Identity, error) {
	if strings.HasPrefix(bearer, "key_") {
		return v.keys.VerifyKey(ctx, bearer, v.scopes)
	}
	return v.tokens.Verify(ctx, bearer)
}
