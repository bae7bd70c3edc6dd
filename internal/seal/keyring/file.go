package keyring

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"backoffice/internal/privatefile"
)

// ErrFile says that a file of keys cannot be trusted: it can be read by others, or is not what was written.
var ErrFile = errors.New("keyring: the file of field keys is damaged or open to others")

// Open reads the keys from a file, which it makes with one new key when there is none. Its owner alone may read it. The new file
// is on the disk when Open returns, before anything can be sealed with its key.
func Open(path string) (*Ring, error) {
	raw, err := privatefile.ReadOrCreate(path, func() ([]byte, error) {
		first, err := NewKey()
		if err != nil {
			return nil, err
		}
		return New(first).text(), nil
	})
	return parse(path, raw, err)
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
	raw, err := privatefile.Read(path)
	return parse(path, raw, err)
}

// parse reads what text wrote, unless the file could not be read.
func parse(path string, raw []byte, err error) (*Ring, error) {
	if errors.Is(err, privatefile.ErrOpen) {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
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
