package kmsseal_test

import (
	"context"
	"errors"
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/smithy-go"

	"backoffice/internal/fault"
	"backoffice/internal/seal"
	"backoffice/internal/seal/kmsseal"
)

const (
	key  = "arn:aws:kms:eu-west-2:111122223333:key/now"
	past = "arn:aws:kms:eu-west-2:111122223333:key/past"
)

var here = seal.Place{Tenant: "ten_1", Record: "usr_1", Kind: "second-factor"}

// service is the key service as far as sealing knows it: what it gives can be decrypted under the same key with the same context.
type service struct {
	kept map[string]kms.EncryptInput
	fail error
}

func (s *service) Encrypt(_ context.Context, in *kms.EncryptInput, _ ...func(*kms.Options)) (*kms.EncryptOutput, error) {
	if s.fail != nil {
		return nil, s.fail
	}
	name := string(rune('a' + len(s.kept)))
	s.kept[name] = *in
	return &kms.EncryptOutput{CiphertextBlob: []byte(name), KeyId: in.KeyId}, nil
}

func (s *service) Decrypt(_ context.Context, in *kms.DecryptInput, _ ...func(*kms.Options)) (*kms.DecryptOutput, error) {
	was, ok := s.kept[string(in.CiphertextBlob)]
	switch {
	case s.fail != nil:
		return nil, s.fail
	case !ok || !maps.Equal(was.EncryptionContext, in.EncryptionContext):
		return nil, &types.InvalidCiphertextException{}
	case *was.KeyId != *in.KeyId:
		return nil, &types.IncorrectKeyException{}
	}
	return &kms.DecryptOutput{Plaintext: was.Plaintext}, nil
}

// A field is bound to its place by the service's encryption context, and to the key that it names.
func TestFieldsOpenWhereTheyWereSealed(t *testing.T) {
	svc := &service{kept: map[string]kms.EncryptInput{}}
	s, former := kmsseal.New(svc, key), kmsseal.New(svc, past)
	field, err := s.Seal(t.Context(), []byte("secret"), here)
	if err != nil || s.Stale(field) || !s.Stale([]byte("secret")) {
		t.Fatalf("%q %v", field, err)
	}
	if plain, err := s.Open(t.Context(), field, here); err != nil || string(plain) != "secret" {
		t.Errorf("%q %v", plain, err)
	}
	if _, err := s.Open(t.Context(), field, seal.Place{Tenant: "ten_1", Record: "usr_2", Kind: "second-factor"}); !errors.Is(err, seal.ErrMoved) {
		t.Errorf("moved: %v", err)
	}
	old, err := former.Seal(t.Context(), []byte("older"), here)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := s.Open(t.Context(), old, here); err != nil || string(plain) != "older" || !s.Stale(old) {
		t.Errorf("under the former key: %q %v", plain, err)
	}
	if _, err := s.Open(t.Context(), []byte("secret"), here); !errors.Is(err, seal.ErrForm) {
		t.Errorf("plain: %v", err)
	}
}

// What the service refuses for good is a key that is not to be had; what it does not answer may be asked again.
func TestRefusalsOfTheService(t *testing.T) {
	field := seal.Pack(key, []byte("a"))
	for name, fail := range map[string]error{"gone": &types.NotFoundException{}, "switched off": &types.DisabledException{}, "another": &types.IncorrectKeyException{},
		"to be deleted": &types.KMSInvalidStateException{}, "not granted": &smithy.GenericAPIError{Code: "AccessDeniedException"}} {
		if _, err := kmsseal.New(&service{fail: fail}, key).Open(t.Context(), field, here); !errors.Is(err, seal.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, fail := range map[string]error{"silent": errors.New("no route to host"), "busy": &smithy.GenericAPIError{Code: "ThrottlingException"}} {
		if _, err := kmsseal.New(&service{fail: fail}, key).Seal(t.Context(), nil, here); !fault.OfKind(err, fault.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
