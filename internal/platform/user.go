package platform

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"backoffice/internal/fault"
)

// The states of a user or a service key.
const (
	StateActive   = "active"
	StateDisabled = "disabled"
	StateRevoked  = "revoked"
	StateArchived = "archived"
)

// User is a person's way into one tenant.
type User struct {
	ID      string `json:"id" doc:"usr_…"`
	Email   string `json:"email"`
	Person  string `json:"person" doc:"per_…"`
	State   string `json:"state" enum:"active,disabled"`
	Version int    `json:"version"`

	// PasswordHash is the hash with its parameters; it never leaves the domain.
	PasswordHash string `json:"-"`
}

// RecordVersion gives the version for the ETag.
func (u User) RecordVersion() int { return u.Version }

// Location gives the record's address.
func (u User) Location() string { return "/platform/v1/users/" + u.ID }

// UserFields are what a caller says of a new user.
type UserFields struct {
	Email    string `json:"email" maxLength:"254" pattern:"^[^@\\s]+@[^@\\s]+\\.[^@\\s.]+$" example:"mina.patel@example.com" doc:"What the person signs in with; capitals do not count"`
	Person   string `json:"person" maxLength:"40" doc:"per_…"`
	Password string `json:"password,omitempty" minLength:"8" maxLength:"128" doc:"First password; any characters, not one of the common ones. Left out, the user sets one with a one-time code"`
}

// Validate checks what the schema cannot say.
func (f *UserFields) Validate(c *fault.Collector) {
	if f.Password != "" {
		checkPassword(c, "/password", f.Password, f.Email)
	}
}

// NormalEmail gives an address as it is compared: in lower case.
func NormalEmail(email string) string { return strings.ToLower(email) }

// LoginHash is the name under which a sign-in is looked up across tenants: a hash of the address, so that no key holds one.
func LoginHash(email string) string {
	sum := sha256.Sum256([]byte(NormalEmail(email)))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Login tells to which user of which tenant an e-mail belongs. The oldest stands first in a list of them.
type Login struct {
	Tenant string
	User   string
}
