package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"slices"
	"sync"
)

// Memory keeps roots, and a key that is no secret, for as long as its process lasts: for rehearsals, where nothing is to be
// proved to anybody.
type Memory struct {
	mu    sync.Mutex
	files [][]byte
	key   ed25519.PrivateKey
}

// NewMemory makes an empty shelf.
func NewMemory() *Memory {
	return &Memory{key: ed25519.NewKeyFromSeed(bytes.Repeat([]byte("k"), ed25519.SeedSize))}
}

// List tells of the roots.
func (m *Memory) List(context.Context) ([]Kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Kept, len(m.files))
	for i := range out {
		out[i].Number = i + 1
	}
	return out, nil
}

// Get reads a root.
func (m *Memory) Get(_ context.Context, number int) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if number < 1 || number > len(m.files) {
		return nil, ErrNone
	}
	return m.files[number-1], nil
}

// Put keeps the next root.
func (m *Memory) Put(_ context.Context, number int, raw []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if number <= len(m.files) {
		return ErrTaken
	}
	m.files = append(m.files, slices.Clone(raw))
	return nil
}

// Sign signs a message.
func (m *Memory) Sign(_ context.Context, message []byte) ([]byte, error) {
	return ed25519.Sign(m.key, message), nil
}

// Public gives the public key.
func (m *Memory) Public(context.Context) (ed25519.PublicKey, error) {
	return m.key.Public().(ed25519.PublicKey), nil
}
