// Package audit keeps signed roots of the audit chains. A chain that stands in its table alone can be rewritten there, from an
// act to the head, so that it verifies again. A root holds what the chains were at an instant, outside the tables: signed
// files, one after the other, each with the hash of the one before. Whoever holds the roots can prove every act that they
// cover.
//
// The package knows chains, places and keys by its ports only: on a host roots stand on the disk and are signed by a key that
// stands there, too; in the cloud they stand in a bucket in which nothing can be changed, and a key signs that nobody can read.
package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The formats of roots. A root of the first holds the chains that have grown, and its signature is over all of it. One of the
// second holds every chain, so that the last root tells where each goes on, and its signature is over a digest, since a key
// that is kept elsewhere takes short messages only.
const (
	formatGrown = 1
	formatWhole = 2
)

// signedName comes before the digest that is signed, so that the key's signature means nothing else.
const signedName = "backoffice audit root\n"

// Root is what was anchored at an instant.
type Root struct {
	Format    int       `json:"format"`
	Number    int       `json:"number"`
	At        time.Time `json:"at"`
	Before    string    `json:"before"` // SHA-256 of the file of the root before
	Chains    []Chain   `json:"chains"`
	Signature []byte    `json:"signature,omitempty"` // Ed25519
}

// Chain is one tenant's chain in one table, as a root holds it.
type Chain struct {
	Table  string   `json:"table"`
	Tenant string   `json:"tenant"`
	After  int      `json:"after"`            // number of the last link that the roots before hold
	Before string   `json:"before,omitempty"` // its hash
	Links  []string `json:"links,omitempty"`  // hashes of those that follow
	Acts   int      `json:"acts,omitempty"`   // in these links
}

// Link is a link of a chain, as far as roots know of it.
type Link struct {
	Number       int
	Before, Hash string
	Acts         []string // ids
}

// Chains reads audit chains.
type Chains interface {
	// Stretch reads up to limit links after one, in their order. broken says what is wrong with the first that cannot be read
	// as what it was; then none are given.
	Stretch(ctx context.Context, table, tenant string, after, limit int) (links []Link, broken string, err error)
}

// Kept is a root as the list of a shelf tells of it.
type Kept struct {
	Number int
	// Touched is what has been tried with it since it was written; "" for nothing, or nothing that the shelf can know.
	Touched string
}

// Shelf keeps the files of one series of roots.
type Shelf interface {
	// List tells of all roots, in the order of their numbers.
	List(ctx context.Context) ([]Kept, error)
	// Get reads a root as it was first written, as far as the shelf can know; ErrNone when there is none.
	Get(ctx context.Context, number int) ([]byte, error)
	// Put writes a new root for good; ErrTaken when there is one of that number.
	Put(ctx context.Context, number int, raw []byte) error
}

// What a shelf says of a root that is not there, or there already.
var (
	ErrNone  = errors.New("audit: no such root")
	ErrTaken = errors.New("audit: there is a root of that number")
)

// Signer signs roots.
type Signer interface {
	// Sign gives the Ed25519 signature of a message, which is short.
	Sign(ctx context.Context, message []byte) ([]byte, error)
	// Public gives the key that its signatures verify with.
	Public(ctx context.Context) (ed25519.PublicKey, error)
}

const fileSuffix = ".json"

// FileName gives the name of a root's file. The names sort as the numbers do.
func FileName(number int) string { return fmt.Sprintf("%06d", number) + fileSuffix }

// NumberOf reads a file's name; false for one that is no root's.
func NumberOf(name string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(name, fileSuffix))
	return n, err == nil && n > 0 && FileName(n) == name
}

// BadRootError names the first root that is not what was written.
type BadRootError struct {
	Number int
	What   string
}

// Error names the root and what is wrong with it.
func (e *BadRootError) Error() string { return fmt.Sprintf("audit root %d %s", e.Number, e.What) }

// forged is what is said of a root that reads as it should not.
func forged(number int) error {
	return &BadRootError{number, "is not what was written, or one before it is missing"}
}

// message is what is signed.
func (r Root) message() ([]byte, error) {
	r.Signature = nil
	raw, err := json.Marshal(r)
	if err != nil || r.Format == formatGrown {
		return raw, err
	}
	return []byte(signedName + hashOf(raw)), nil
}

// seal signs a root and gives its file.
func (r Root) seal(ctx context.Context, key Signer) ([]byte, error) {
	m, err := r.message()
	if err != nil {
		return nil, err
	}
	if r.Signature, err = key.Sign(ctx, m); err != nil {
		return nil, fmt.Errorf("sign audit root %d: %w", r.Number, err)
	}
	return json.MarshalIndent(r, "", " ")
}

// parse reads a root's file and holds it against its number and its signature.
func parse(raw []byte, number int, key ed25519.PublicKey) (Root, error) {
	var r Root
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if d.Decode(&r) != nil || r.Number != number || r.Format != formatGrown && r.Format != formatWhole {
		return r, forged(number)
	}
	m, err := r.message()
	if err != nil || !ed25519.Verify(key, m, r.Signature) {
		return r, forged(number)
	}
	return r, nil
}

func hashOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
