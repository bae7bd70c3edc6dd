package authn

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"backoffice/internal/clock"
)

// pinned are public keys by their ids, known before any token is seen.
type pinned map[string]*rsa.PublicKey

// VerifySignature checks a compact JWS whose header has been checked.
func (p pinned) VerifySignature(_ context.Context, jws string) ([]byte, error) {
	last := strings.LastIndexByte(jws, '.')
	head, body, ok := strings.Cut(jws[:max(last, 0)], ".")
	if !ok {
		return nil, errToken
	}
	b64 := base64.RawURLEncoding.Strict()
	rawHead, err1 := b64.DecodeString(head)
	payload, err2 := b64.DecodeString(body)
	signature, err3 := b64.DecodeString(jws[last+1:])
	var h header
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(rawHead, &h); err != nil {
		return nil, err
	}
	key := p[h.Kid]
	if key == nil {
		return nil, errors.New("authn: unknown key")
	}
	return payload, jwt.SigningMethodRS256.Verify(jws[:last], signature, key)
}

// NewPinned makes a verifier of an issuer whose key set is known: a document such as Issuer.JWKS gives. Keys that are not RSA
// keys of at least 2048 bits for signatures are passed over; a set without any is an error.
func NewPinned(issuer, audience string, jwks []byte, now clock.Clock, claims ClaimMap) (*Verifier, error) {
	var set struct {
		Keys []jwk `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &set); err != nil {
		return nil, err
	}
	keys := pinned{}
	for _, j := range set.Keys {
		if k := j.public(); k != nil && j.Kid != "" {
			keys[j.Kid] = k
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("authn: a key set without a usable key")
	}
	return &Verifier{issuer: issuer, audience: audience, now: now, keys: keys, claims: claims}, nil
}

func (j jwk) public() *rsa.PublicKey {
	n, err1 := base64.RawURLEncoding.DecodeString(j.N)
	e, err2 := base64.RawURLEncoding.DecodeString(j.E)
	if j.Kty != "RSA" || j.Use != "" && j.Use != "sig" || j.Alg != "" && j.Alg != algorithm || errors.Join(err1, err2) != nil || len(e) > 4 {
		return nil
	}
	k := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if k.N.BitLen() < keyBits || k.E < 3 {
		return nil
	}
	return k
}
