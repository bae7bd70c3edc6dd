// Package kmskey signs audit roots with a key of AWS KMS, which nobody can read, not even the account's owner.
package kmskey

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// Key is a key of KMS of the kind ECC_NIST_EDWARDS25519.
type Key struct {
	client *kms.Client
	id     string

	mu     sync.Mutex
	public ed25519.PublicKey // nil until it was asked for
}

// Open gives a key by its id or ARN.
func Open(client *kms.Client, id string) *Key { return &Key{client: client, id: id} }

// Sign signs a message of at most 4,096 bytes.
func (k *Key) Sign(ctx context.Context, message []byte) ([]byte, error) {
	out, err := k.client.Sign(ctx, &kms.SignInput{KeyId: &k.id, Message: message, MessageType: types.MessageTypeRaw, SigningAlgorithm: types.SigningAlgorithmSpecEd25519Sha512})
	if err != nil {
		return nil, err
	}
	return out.Signature, nil
}

// Public asks for the public key once: the key of an id never changes.
func (k *Key) Public(ctx context.Context) (ed25519.PublicKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.public != nil {
		return k.public, nil
	}
	out, err := k.client.GetPublicKey(ctx, &kms.GetPublicKeyInput{KeyId: &k.id})
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(out.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("the public key cannot be read: %w", err)
	}
	public, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("the key is not of the kind ECC_NIST_EDWARDS25519")
	}
	k.public = public
	return public, nil
}
