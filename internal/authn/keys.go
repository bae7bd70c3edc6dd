package authn

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"

	"backoffice/internal/privatefile"
)

// keyBits is the length of a signing key, and the least of any key that verifies.
const keyBits = 2048

// ErrKeyFile says that the file of signing keys cannot be trusted: it can be read by others, or is not what OpenKeys wrote.
var ErrKeyFile = errors.New("authn: the file of signing keys is damaged or open to others")

// Key is one signing key; its id is the thumbprint of its public half (RFC 7638), so it needs no register.
type Key struct {
	ID      string
	private *rsa.PrivateKey
}

// Keys are an installation's signing keys, the newest first. The newest signs; all of them verify, so that a key can be
// replaced while tokens of the former one are still about.
type Keys struct{ list []Key }

// NewKey makes a signing key.
func NewKey() (Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return Key{}, fmt.Errorf("authn: make a signing key: %w", err)
	}
	return Key{ID: thumbprint(&private.PublicKey), private: private}, nil
}

// NewKeys makes a set of keys, the newest first; at least one.
func NewKeys(first Key, older ...Key) *Keys {
	return &Keys{list: append([]Key{first}, older...)}
}

// OpenKeys reads the keys from a file, which it makes with one new key when there is none. The file may be read by its owner
// alone; one that others can read is refused with ErrKeyFile.
func OpenKeys(path string) (*Keys, error) {
	raw, err := privatefile.ReadOrCreate(path, func() ([]byte, error) {
		first, err := NewKey()
		if err != nil {
			return nil, err
		}
		return NewKeys(first).text()
	})
	if errors.Is(err, privatefile.ErrOpen) {
		return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	if err != nil {
		return nil, err
	}
	return parseKeys(raw)
}

// parseKeys reads what text wrote.
func parseKeys(raw []byte) (*Keys, error) {
	var k Keys
	for block, rest := pem.Decode(raw); block != nil; block, rest = pem.Decode(rest) {
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
		}
		private, ok := parsed.(*rsa.PrivateKey)
		if !ok || private.N.BitLen() < keyBits {
			return nil, ErrKeyFile
		}
		k.list = append(k.list, Key{ID: thumbprint(&private.PublicKey), private: private})
	}
	if len(k.list) == 0 {
		return nil, ErrKeyFile
	}
	return &k, nil
}

// text is how keys stand in their file: PKCS #8 in PEM, one after the other.
func (k *Keys) text() ([]byte, error) {
	var text []byte
	for _, key := range k.list {
		der, err := x509.MarshalPKCS8PrivateKey(key.private)
		if err != nil {
			return nil, fmt.Errorf("authn: encode a signing key: %w", err)
		}
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...)
	}
	return text, nil
}

type jwk struct {
	Kty string `json:"kty"`
	Use string `json:"use,omitempty"`
	Alg string `json:"alg,omitempty"`
	Kid string `json:"kid,omitempty"`
	N   string `json:"n"`
	E   string `json:"e"`
}

func publicJWK(p *rsa.PublicKey) jwk {
	b64 := base64.RawURLEncoding
	return jwk{Kty: "RSA", N: b64.EncodeToString(p.N.Bytes()), E: b64.EncodeToString(big.NewInt(int64(p.E)).Bytes())}
}

func thumbprint(p *rsa.PublicKey) string {
	j := publicJWK(p)
	sum := sha256.Sum256([]byte(`{"e":"` + j.E + `","kty":"RSA","n":"` + j.N + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// JWKS gives the public halves as a JSON Web Key Set, for whoever verifies tokens elsewhere.
func (k *Keys) JWKS() []byte {
	set := struct {
		Keys []jwk `json:"keys"`
	}{}
	for _, key := range k.list {
		j := publicJWK(&key.private.PublicKey)
		j.Use, j.Alg, j.Kid = "sig", algorithm, key.ID
		set.Keys = append(set.Keys, j)
	}
	raw, err := json.Marshal(set)
	if err != nil {
		panic("authn: a key set that cannot be encoded: " + err.Error())
	}
	return raw
}

func (k *Keys) public() map[string]*rsa.PublicKey {
	out := map[string]*rsa.PublicKey{}
	for _, key := range k.list {
		out[key.ID] = &key.private.PublicKey
	}
	return out
}
