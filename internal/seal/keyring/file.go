package keyring

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"backoffice/internal/privatefile"
)

const (
	fileMode = 0o600
	dirMode  = 0o700
)

// ErrFile says that a file of keys cannot be trusted: it can be read by others, or is not what was written.
var ErrFile = errors.New("keyring: the file of field keys is damaged or open to others")

// Open reads the keys from a file, which it makes with one new key when there is none. Its owner alone may read it. The new file
// is on the disk when Open returns, before anything can be sealed with its key.
func Open(path string) (*Ring, error) {
	r, err := Read(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	first, err := NewKey()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return nil, err
	}
	if err := privatefile.Create(path, New(first).text()); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return Read(path) // another process may have been faster: what stands in the file counts
}

// Rotate puts a new key before those of a file: from the next start on it seals, and the former ones open what they sealed.
func Rotate(path string) (newest string, err error) {
	r, err := Read(path)
	if err != nil {
		return "", err
	}
	k, err := NewKey()
	if err != nil {
		return "", err
	}
	return k.ID, privatefile.Replace(path, New(k, r.keys...).text())
}

// Read reads the keys from a file: one a line in base64, the newest first.
func Read(path string) (*Ring, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&^fileMode != 0 {
		return nil, fmt.Errorf("%w: %s has mode %v", ErrFile, path, info.Mode().Perm())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r Ring
	for line := range strings.Lines(string(raw)) {
		secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil {
			return nil, fmt.Errorf("%w: %s", ErrFile, path) // without the cause, which may repeat what stands there
		}
		k, err := KeyOf(secret)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFile, path, err)
		}
		r.keys = append(r.keys, k)
	}
	if len(r.keys) == 0 {
		return nil, fmt.Errorf("%w: %s is empty", ErrFile, path)
	}
	return &r, nil
}

// text is how a ring stands in its file.
func (r *Ring) text() []byte {
	var out []byte
	for _, k := range r.keys {
		out = append(base64.StdEncoding.AppendEncode(out, k.secret), '\n')
	}
	return out
}
