package kmskey_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"backoffice/internal/audit/kmskey"
)

const arn = "arn:aws:kms:eu-west-2:111122223333:key/roots"

// service answers as KMS does for one key, and counts the calls.
func service(t *testing.T, key crypto.Signer, calls map[string]int) *kmskey.Key {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "TrentService.")
		calls[call]++
		var in struct {
			KeyID                         string `json:"KeyId"`
			MessageType, SigningAlgorithm string
			Message                       []byte
		}
		raw, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(raw, &in); err != nil || in.KeyID != arn {
			t.Errorf("%s %s: %v", call, raw, err)
		}
		out := map[string]any{"KeyId": arn}
		if call == "Sign" {
			if in.MessageType != "RAW" || in.SigningAlgorithm != "ED25519_SHA_512" {
				t.Errorf("%s", raw)
			}
			signature, err := key.Sign(rand.Reader, in.Message, crypto.Hash(0))
			if err != nil {
				t.Error(err)
			}
			out["Signature"] = signature
		} else {
			public, err := x509.MarshalPKIXPublicKey(key.Public())
			if err != nil {
				t.Error(err)
			}
			out["PublicKey"] = public
		}
		_ = json.NewEncoder(w).Encode(out)
	}))
	t.Cleanup(server.Close)
	return kmskey.Open(kms.NewFromConfig(aws.Config{Region: "eu-west-2", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}), arn)
}

// What the service signs verifies with the key that it gives, for which it is asked once.
func TestSignaturesVerify(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	k := service(t, key, calls)
	for _, message := range []string{"one", "another"} {
		signature, err := k.Sign(t.Context(), []byte(message))
		if err != nil {
			t.Fatal(err)
		}
		public, err := k.Public(t.Context())
		if err != nil || !ed25519.Verify(public, []byte(message), signature) || ed25519.Verify(public, []byte("forged"), signature) {
			t.Errorf("%s: %v", message, err)
		}
	}
	if calls["GetPublicKey"] != 1 || calls["Sign"] != 2 {
		t.Errorf("calls %v", calls)
	}
}

// A key of another kind is refused by name, before anything is taken for forged.
func TestAnotherKindOfKeyIsRefused(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service(t, key, map[string]int{}).Public(t.Context()); err == nil || !strings.Contains(err.Error(), "ECC_NIST_EDWARDS25519") {
		t.Errorf("%v", err)
	}
}
