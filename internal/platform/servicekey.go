package platform

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/id"
)

// ServiceKey is a machine's way into one tenant: a bearer "key_….secret". Like a user it has no rights but those of its role
// assignments.
type ServiceKey struct {
	ID      string `json:"id" doc:"key_…"`
	Name    string `json:"name"`
	State   string `json:"state" enum:"active,revoked"`
	Bearer  string `json:"bearer,omitempty" doc:"What the machine sends as its bearer token. Shown once, in the first answer; a repeated call and every later reading leave it out"`
	Version int    `json:"version"`

	// SecretHash is the SHA-256 of the secret: as random as the secret is, it needs no slow hash.
	SecretHash []byte `json:"-"`
}

// RecordVersion gives the version for the ETag.
func (k ServiceKey) RecordVersion() int { return k.Version }

// Location gives the record's address.
func (k ServiceKey) Location() string { return "/platform/v1/service-keys/" + k.ID }

// ServiceKeyFields are what a caller says of a service key.
type ServiceKeyFields struct {
	Name string `json:"name" minLength:"1" maxLength:"80" example:"Nightly export" doc:"What the key is for"`
}

// Validate checks what the schema cannot say.
func (f *ServiceKeyFields) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(f.Name) != "", "/name", RuleBlank)
}

// secretOf makes the secret of a tenant's key. It begins with the tenant's ULID, so that the bearer says in which tenant's
// partition its hash stands, and nothing need be looked up across tenants.
func secretOf(tenant, random string) string {
	return strings.TrimPrefix(tenant, "ten_") + random
}

// ParseBearer splits a service key's bearer into tenant, key and secret; ok is false when it has not that form.
func ParseBearer(bearer string) (tenant, key, secret string, ok bool) {
	key, secret, found := strings.Cut(bearer, ".")
	if !found || !id.Valid("key", key) || len(secret) < ulidChars+secretChars {
		return "", "", "", false
	}
	tenant = "ten_" + secret[:ulidChars]
	return tenant, key, secret, id.Valid("ten", tenant)
}

const (
	ulidChars   = 26
	secretBytes = 32
	secretChars = 43 // of base64url for so many bytes
)

// HashSecret is the form in which secrets of full randomness are kept.
func HashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// Opens tells whether a secret is the one that a hash was made of.
func Opens(secret string, hash []byte) bool {
	return subtle.ConstantTimeCompare(HashSecret(secret), hash) == 1
}

func randomText(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
