package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Parameters are argon2id's cost.
type Parameters struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// Recommended is OWASP's choice for argon2id (2023 to 2026): 19 MiB, two passes, one lane.
func Recommended() Parameters { return Parameters{MemoryKiB: 19456, Passes: 2, Lanes: 1} }

const (
	saltBytes = 16
	keyBytes  = 32
	// hashesAtOnce bounds the memory that sign-ins can take up together; further ones wait.
	hashesAtOnce = 4
	// No hash that this system wrote costs more than these; one that does is not computed.
	memoryKiBMax = 1 << 18
	passesMax    = 16
	lanesMax     = 16
)

var errForm = errors.New("password: not a hash that this system made")

// Hasher makes and checks hashes, a few at a time.
type Hasher struct {
	cost   Parameters
	random io.Reader
	slots  chan struct{}
	decoy  string
}

// NewHasher makes a hasher; random is the source of salts, nil for the operating system's.
func NewHasher(cost Parameters, random io.Reader) *Hasher {
	if random == nil {
		random = rand.Reader
	}
	h := &Hasher{cost: cost, random: random, slots: make(chan struct{}, hashesAtOnce)}
	h.decoy = render(cost, make([]byte, saltBytes), make([]byte, keyBytes))
	return h
}

// Hash gives the text under which a password is kept. It waits for its turn; the context ends the waiting.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("password: make a salt: %w", err)
	}
	key, err := h.derive(ctx, password, salt, h.cost, keyBytes)
	if err != nil {
		return "", err
	}
	return render(h.cost, salt, key), nil
}

// Verify tells whether a password is the one that was hashed. An empty hash is checked against a decoy, with the same work
// and never with success, so that how long the answer takes does not tell whether there was a hash.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (bool, error) {
	real := hash != ""
	if !real {
		hash = h.decoy
	}
	cost, salt, want, err := parse(hash)
	if err != nil {
		return false, err
	}
	got, err := h.derive(ctx, password, salt, cost, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && real, nil
}

// Stale tells whether a hash was made with other parameters than today's, so that it is worth making anew at the next
// successful sign-in.
func (h *Hasher) Stale(hash string) bool {
	cost, _, _, err := parse(hash)
	return err != nil || cost != h.cost
}

func (h *Hasher) derive(ctx context.Context, password string, salt []byte, cost Parameters, length uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// The same characters can be typed as different bytes on different keyboards: NFC makes them one.
	text := norm.NFC.String(password)
	return argon2.IDKey([]byte(text), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, length), nil
}

func render(c Parameters, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, c.Lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func parse(hash string) (c Parameters, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errForm
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Lanes); err != nil {
		return c, nil, nil, errForm
	}
	if c.MemoryKiB == 0 || c.MemoryKiB > memoryKiBMax || c.Passes == 0 || c.Passes > passesMax || c.Lanes == 0 || c.Lanes > lanesMax {
		return c, nil, nil, errForm
	}
	salt, err1 := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(key) < 16 || len(key) > 64 || render(c, salt, key) != hash {
		return c, nil, nil, errForm
	}
	return c, salt, key, nil
}
