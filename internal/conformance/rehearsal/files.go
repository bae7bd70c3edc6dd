package rehearsal

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"backoffice/internal/files"
)

// shelf keeps files in memory. Nothing stands at its addresses: a rehearsal calls operations, and no client follows them.
type shelf struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func newShelf() *shelf { return &shelf{kept: map[string][]byte{}} }

// Upload gives an address.
func (s *shelf) Upload(_ context.Context, key string, _ int64, at time.Time) (files.Place, error) {
	return place(http.MethodPut, key, at), nil
}

// Download gives an address.
func (s *shelf) Download(_ context.Context, key, _ string, at time.Time) (files.Place, error) {
	return place(http.MethodGet, key, at), nil
}

func place(method, key string, at time.Time) files.Place {
	return files.Place{Method: method, URL: "https://files.test/" + key, Expires: at.Add(files.AddressLasts)}
}

// Open reads a file.
func (s *shelf) Open(_ context.Context, key string) (io.ReadCloser, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw, there := s.kept[key]
	if !there {
		return nil, 0, files.ErrNone
	}
	return io.NopCloser(bytes.NewReader(raw)), int64(len(raw)), nil
}

// Put keeps a file.
func (s *shelf) Put(_ context.Context, key string, content io.Reader, _ int64) error {
	raw, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[key] = raw
	return nil
}

// Delete removes a file.
func (s *shelf) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, key)
	return nil
}
