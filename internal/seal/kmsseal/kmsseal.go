// Package kmsseal seals fields with a key of AWS's key service. A field is small enough to be encrypted there itself, so no key
// is ever in a function's memory, and whoever opens a field leaves a line in the account's trail.
package kmsseal

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"backoffice/internal/op"
	"backoffice/internal/seal"
)

// Client is the part of the key service that sealing takes.
type Client interface {
	Encrypt(ctx context.Context, in *kms.EncryptInput, options ...func(*kms.Options)) (*kms.EncryptOutput, error)
	Decrypt(ctx context.Context, in *kms.DecryptInput, options ...func(*kms.Options)) (*kms.DecryptOutput, error)
}

// Sealer seals with one key. The service rotates the key's material by itself and keeps the former ones.
type Sealer struct {
	client Client
	key    string // ARN
}

// New makes a sealer.
func New(client Client, key string) *Sealer { return &Sealer{client: client, key: key} }

// at is the place as the service binds it to what it encrypts. It stands in the account's trail: ids, and nothing else.
func at(p seal.Place) map[string]string {
	return map[string]string{"tenant": p.Tenant, "record": p.Record, "kind": p.Kind}
}

// Seal encrypts a field for one place.
func (s *Sealer) Seal(ctx context.Context, plain []byte, p seal.Place) ([]byte, error) {
	out, err := s.client.Encrypt(ctx, &kms.EncryptInput{KeyId: &s.key, Plaintext: plain, EncryptionContext: at(p)})
	if err != nil {
		return nil, meaning(err)
	}
	return seal.Pack(s.key, out.CiphertextBlob), nil
}

// Open decrypts a field that was sealed for the same place.
func (s *Sealer) Open(ctx context.Context, field []byte, p seal.Place) ([]byte, error) {
	key, sealed, err := seal.Unpack(field)
	if err != nil {
		return nil, err
	}
	out, err := s.client.Decrypt(ctx, &kms.DecryptInput{KeyId: &key, CiphertextBlob: sealed, EncryptionContext: at(p)})
	if err != nil {
		return nil, meaning(err)
	}
	return out.Plaintext, nil
}

// Stale tells whether a field is not sealed under the present key.
func (s *Sealer) Stale(field []byte) bool {
	key, _, err := seal.Unpack(field)
	return err != nil || key != s.key
}

// meaning says what a failed call means: a service that does not answer may be asked again, a key that is gone, switched off or
// another's is not to be had, and nothing else opens what was sealed for another place.
func meaning(err error) error {
	var invalid *types.InvalidCiphertextException
	if errors.As(err, &invalid) {
		return fmt.Errorf("%w: %w", seal.ErrMoved, err)
	}
	var (
		another  *types.IncorrectKeyException
		missing  *types.NotFoundException
		disabled *types.DisabledException
		state    *types.KMSInvalidStateException
		api      interface{ ErrorCode() string }
	)
	if errors.As(err, &another) || errors.As(err, &missing) || errors.As(err, &disabled) || errors.As(err, &state) ||
		errors.As(err, &api) && (api.ErrorCode() == "AccessDeniedException" || api.ErrorCode() == "ValidationException") {
		return fmt.Errorf("%w: %w", seal.ErrKey, err)
	}
	return op.RuleUnavailable.Err().Because(err)
}
