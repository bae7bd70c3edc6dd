// Package diskfiles keeps files in a directory and serves the signed addresses under which clients put and get them.
package diskfiles

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/files"
)

const (
	dirMode  = 0o700
	fileMode = 0o600
	// secretBytesMin is the least length of the secret that signs addresses.
	secretBytesMin = 32
)

// Store keeps files below a directory, readable by their owner alone.
type Store struct {
	root   *os.Root
	base   string // address of the host, without the path
	secret []byte
	clock  clock.Clock
}

// Open makes the directory unless it is there. base is the address under which clients reach the handler, such as
// http://127.0.0.1:8080; the secret signs the addresses.
func Open(dir, base string, secret []byte, now clock.Clock) (*Store, error) {
	if len(secret) < secretBytesMin {
		return nil, errors.New("diskfiles: the secret is too short")
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("diskfiles: %w", err)
	}
	root, err := os.OpenRoot(dir) // nothing below it leads outside, whatever a key says
	if err != nil {
		return nil, fmt.Errorf("diskfiles: %w", err)
	}
	return &Store{root: root, base: strings.TrimSuffix(base, "/"), secret: secret, clock: now}, nil
}

// Close lets go of the directory.
func (s *Store) Close() error { return s.root.Close() }

// Upload signs an address for one file of exactly so many bytes.
func (s *Store) Upload(_ context.Context, key string, bytes int64, at time.Time) (files.Place, error) {
	return s.place(http.MethodPut, ticket{Method: http.MethodPut, Key: key, Bytes: bytes}, at)
}

// Download signs an address for reading one file.
func (s *Store) Download(_ context.Context, key, name string, at time.Time) (files.Place, error) {
	return s.place(http.MethodGet, ticket{Method: http.MethodGet, Key: key, Name: name}, at)
}

func (s *Store) place(method string, t ticket, at time.Time) (files.Place, error) {
	until := at.Add(files.AddressLasts)
	t.Until = until.Unix()
	token, err := s.sign(t)
	return files.Place{Method: method, URL: s.base + Prefix + token, Expires: until}, err
}

// Open reads a file.
func (s *Store) Open(_ context.Context, key string) (io.ReadCloser, int64, error) {
	f, err := s.root.Open(filepath.FromSlash(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, files.ErrNone
	}
	if err != nil {
		return nil, 0, fmt.Errorf("diskfiles: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("diskfiles: %w", err), f.Close())
	}
	return f, info.Size(), nil
}

// errShort says that a file came with another length than was announced.
var errShort = errors.New("diskfiles: the content has another length than announced")

// Put writes a file beside its place and moves it there once it is whole and on the disk: a reader sees all of it or none.
func (s *Store) Put(_ context.Context, key string, content io.Reader, bytes int64) error {
	name := filepath.FromSlash(key)
	if err := s.root.MkdirAll(filepath.Dir(name), dirMode); err != nil {
		return fmt.Errorf("diskfiles: %w", err)
	}
	part := name + "." + rand.Text() + ".part" // two uploads to one place do not mix
	err := s.write(part, content, bytes)
	if err == nil {
		at := s.clock() // the sweep goes by the same clock
		err = s.root.Chtimes(part, at, at)
	}
	if err == nil {
		err = s.root.Rename(part, name)
	}
	if err != nil {
		return errors.Join(err, ignoreNone(s.root.Remove(part)))
	}
	return nil
}

func (s *Store) write(name string, content io.Reader, bytes int64) error {
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return fmt.Errorf("diskfiles: %w", err)
	}
	n, err := io.Copy(f, io.LimitReader(content, bytes+1))
	if err == nil && n != bytes {
		err = errShort
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Delete removes a file.
func (s *Store) Delete(_ context.Context, key string) error {
	return ignoreNone(s.root.Remove(filepath.FromSlash(key)))
}

func ignoreNone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
