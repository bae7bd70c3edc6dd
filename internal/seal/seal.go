// Package seal encrypts single fields of records: what must not be read by whoever can read a table, such as the secret of an
// authenticator. A sealed field is bound to the place where it stands, so that it is good nowhere else, and names the key that
// it was sealed with, so that keys can be replaced while fields of the former ones are about.
//
// A host keeps its keys in a file (package keyring); in the cloud the key never leaves AWS's key service (package kmsseal).
package seal

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"

	"backoffice/internal/op"
)

// Place is where a sealed field stands. Its parts are no secret: they are checked when the field is opened.
type Place struct {
	Tenant string
	Record string // id of the record
	Kind   string // what the field is, e.g. "second-factor"
}

// Text gives the place as one text; no two places have the same.
func (p Place) Text() string {
	var b strings.Builder
	for _, part := range []string{p.Tenant, p.Record, p.Kind} {
		b.WriteString(strconv.Itoa(len(part)) + ":" + part)
	}
	return b.String()
}

// Sealer seals and opens fields.
type Sealer interface {
	// Seal encrypts a field for one place.
	Seal(ctx context.Context, plain []byte, at Place) ([]byte, error)
	// Open decrypts a field that was sealed for the same place: ErrMoved when it was sealed for another or altered since,
	// ErrKey when the key that it names is not at hand.
	Open(ctx context.Context, field []byte, at Place) ([]byte, error)
	// Stale tells whether a field would be sealed otherwise today: under another key, or it is not sealed at all.
	Stale(field []byte) bool
}

// What a field is not opened for. Both are no fault of a caller: they say that data or keys are not as they were.
var (
	ErrKey   = errors.New("seal: the key that the field was sealed with is not at hand")
	ErrMoved = errors.New("seal: the field was sealed for another record, or altered since")
	ErrForm  = errors.New("seal: the field is not sealed")
)

// magic begins every sealed field. What was kept before fields were sealed is shorter, and random.
var magic = []byte("\x00sealed1")

const keyIDBytesMax = 255

// Pack makes a sealed field of the key's name and what the key made of it.
func Pack(key string, sealed []byte) []byte {
	if len(key) > keyIDBytesMax {
		panic("seal: the name of a key is too long: " + key)
	}
	field := append(bytes.Clone(magic), byte(len(key)))
	return append(append(field, key...), sealed...)
}

// Unpack gives the name of the key and what it made; ErrForm for what Pack did not make.
func Unpack(field []byte) (key string, sealed []byte, err error) {
	rest, ok := bytes.CutPrefix(field, magic)
	if !ok || len(rest) == 0 || len(rest) <= int(rest[0]) {
		return "", nil, ErrForm
	}
	n := 1 + int(rest[0])
	return string(rest[1:n]), rest[n:], nil
}

// Sealed tells whether a field is sealed.
func Sealed(field []byte) bool { return bytes.HasPrefix(field, magic) }

// DeniedError says that an operation did with encrypted fields what its spec does not declare, or reached for another tenant's.
// It is a defect of the operation, never of its caller; in the cloud its role would refuse the same.
type DeniedError struct{ Operation, What string }

// Error names the operation and what it lacks.
func (e *DeniedError) Error() string { return "seal: " + e.Operation + " is not granted " + e.What }

// Guard holds every call made by an operation against what its spec declares, and against its tenant. Calls outside any
// operation pass. Without a sealer every field is beyond reach, with ErrKey.
func Guard(s Sealer) Sealer { return guarded{s} }

type guarded struct{ inner Sealer }

func (g guarded) allowed(ctx context.Context, at Place, do op.SealAction, what string) error {
	if running, ok := op.RunningIn(ctx); ok {
		if !running.Spec.MaySeal(do) {
			return &DeniedError{running.Spec.ID, what + " a field"}
		}
		// An operation that anybody may call learns the tenant on its way.
		if running.Tenant != at.Tenant && running.Spec.Public == "" {
			return &DeniedError{running.Spec.ID, "a field of another tenant"}
		}
	}
	if g.inner == nil {
		return ErrKey
	}
	return nil
}

// Seal asks for the right to seal.
func (g guarded) Seal(ctx context.Context, plain []byte, at Place) ([]byte, error) {
	if err := g.allowed(ctx, at, op.SealField, "sealing"); err != nil {
		return nil, err
	}
	return g.inner.Seal(ctx, plain, at)
}

// Open asks for the right to open.
func (g guarded) Open(ctx context.Context, field []byte, at Place) ([]byte, error) {
	if err := g.allowed(ctx, at, op.OpenField, "opening"); err != nil {
		return nil, err
	}
	return g.inner.Open(ctx, field, at)
}

// Stale asks for no right: nothing is learnt from it.
func (g guarded) Stale(field []byte) bool { return g.inner == nil || g.inner.Stale(field) }
