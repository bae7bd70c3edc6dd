// Package diskroots keeps audit roots in a directory, and the key that signs them in a file of its own.
package diskroots

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"backoffice/internal/audit"
	"backoffice/internal/privatefile"
)

// Where the roots of a data directory stand in it, and their key. Whoever is to prove anything with the roots keeps copies of
// both elsewhere: who can write to the data directory can write to these, too.
const (
	folder  = "audit"
	keyFile = "audit.key"
)

// Shelf keeps roots in a directory. It cannot know whether the last ones were taken away.
type Shelf struct{ dir string }

// Open gives the shelf of a data directory. It makes nothing before the first root.
func Open(data string) *Shelf { return &Shelf{filepath.Join(data, folder)} }

// List tells of the roots that are there.
func (s *Shelf) List(context.Context) ([]audit.Kept, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list audit roots: %w", err)
	}
	var out []audit.Kept
	for _, e := range entries {
		if n, ok := audit.NumberOf(e.Name()); ok {
			out = append(out, audit.Kept{Number: n})
		}
	}
	slices.SortFunc(out, func(a, b audit.Kept) int { return a.Number - b.Number })
	return out, nil
}

// Get reads a root.
func (s *Shelf) Get(_ context.Context, number int) ([]byte, error) {
	raw, err := os.ReadFile(s.path(number))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, audit.ErrNone
	}
	return raw, err
}

// Put writes a root.
func (s *Shelf) Put(_ context.Context, number int, raw []byte) error {
	err := privatefile.Create(s.path(number), raw)
	if errors.Is(err, fs.ErrExist) {
		return audit.ErrTaken
	}
	return err
}

func (s *Shelf) path(number int) string { return filepath.Join(s.dir, audit.FileName(number)) }

// Key signs with a key that stands in a file.
type Key struct{ path string }

// KeyOf gives the key of a data directory. It is made when something is signed for the first time.
func KeyOf(data string) *Key { return &Key{filepath.Join(data, "keys", keyFile)} }

// Sign signs a message.
func (k *Key) Sign(_ context.Context, message []byte) ([]byte, error) {
	key, err := k.parse(privatefile.ReadOrCreate(k.path, newSeed))
	if err != nil {
		return nil, err
	}
	return ed25519.Sign(key, message), nil
}

// Public gives the key that signatures verify with. Roots whose key is gone prove nothing any more.
func (k *Key) Public(context.Context) (ed25519.PublicKey, error) {
	key, err := k.parse(privatefile.Read(k.path))
	if err != nil {
		return nil, err
	}
	return key.Public().(ed25519.PublicKey), nil
}

// parse makes the key of its seed, unless that could not be read.
func (k *Key) parse(seed []byte, err error) (ed25519.PrivateKey, error) {
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s is no key", k.path)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

func newSeed() ([]byte, error) {
	seed := make([]byte, ed25519.SeedSize)
	_, err := rand.Read(seed)
	return seed, err
}
