// Package keyring seals fields with keys of one's own, AES-256-GCM with a random nonce each time. It is how a host does it,
// whose keys stand in a file of its data directory.
package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"backoffice/internal/seal"
)

const (
	keyBytes = 32
	// idBytes of a key's hash are its name: enough that no two keys of an installation share theirs, and of no use to whoever
	// looks for the key.
	idBytes = 8
)

// Key is one key. Its name is part of its hash, so a key cannot be mistaken for another.
type Key struct {
	ID     string
	secret []byte
	cipher cipher.AEAD
}

// NewKey makes a random key.
func NewKey() (Key, error) {
	secret := make([]byte, keyBytes)
	if _, err := rand.Read(secret); err != nil {
		return Key{}, fmt.Errorf("keyring: make a key: %w", err)
	}
	return KeyOf(secret)
}

// KeyOf makes a key of its 32 bytes.
func KeyOf(secret []byte) (Key, error) {
	if len(secret) != keyBytes {
		return Key{}, fmt.Errorf("keyring: a key has %d bytes, not %d", keyBytes, len(secret))
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return Key{}, fmt.Errorf("keyring: %w", err)
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Key{}, fmt.Errorf("keyring: %w", err)
	}
	sum := sha256.Sum256(secret)
	return Key{ID: hex.EncodeToString(sum[:idBytes]), secret: secret, cipher: gcm}, nil
}

// Ring seals with its newest key and opens with any.
type Ring struct{ keys []Key }

// New makes a ring of keys, the newest first; at least one.
func New(newest Key, older ...Key) *Ring { return &Ring{keys: append([]Key{newest}, older...)} }

// Seal encrypts a field for one place.
func (r *Ring) Seal(_ context.Context, plain []byte, at seal.Place) ([]byte, error) {
	k := r.keys[0]
	return seal.Pack(k.ID, k.cipher.Seal(nil, nil, plain, []byte(at.Text()))), nil //nolint:gosec // G407: the cipher makes a random nonce by itself
}

// Open decrypts a field that was sealed for the same place.
func (r *Ring) Open(_ context.Context, field []byte, at seal.Place) ([]byte, error) {
	id, sealed, err := seal.Unpack(field)
	if err != nil {
		return nil, err
	}
	for _, k := range r.keys {
		if k.ID != id {
			continue
		}
		plain, err := k.cipher.Open(nil, nil, sealed, []byte(at.Text()))
		if err != nil {
			return nil, fmt.Errorf("%w: %s", seal.ErrMoved, at.Text())
		}
		return plain, nil
	}
	return nil, fmt.Errorf("%w: it names the key %s", seal.ErrKey, id)
}

// Holds tells whether the key that a field was sealed with is in the ring.
func (r *Ring) Holds(field []byte) bool {
	id, _, err := seal.Unpack(field)
	for _, k := range r.keys {
		if err == nil && k.ID == id {
			return true
		}
	}
	return false
}

// Stale tells whether a field is not sealed under the newest key.
func (r *Ring) Stale(field []byte) bool {
	id, _, err := seal.Unpack(field)
	return err != nil || id != r.keys[0].ID
}
