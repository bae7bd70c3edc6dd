package system

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"backoffice/internal/authn"
	"backoffice/internal/op"
	"backoffice/internal/platform/platformwire"
)

const secretBytes = 32

// openSecret reads a random secret, making it with 0600 when it is not there.
func openSecret(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err == nil && len(raw) >= secretBytes {
		return raw, nil
	}
	if err == nil {
		return nil, fmt.Errorf("secret %s is too short", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	raw = make([]byte, secretBytes)
	if _, err := rand.Read(raw); err != nil {
		return nil, err
	}
	return raw, os.WriteFile(path, raw, 0o600)
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
