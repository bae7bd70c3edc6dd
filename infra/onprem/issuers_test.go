package main_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"backoffice/internal/boclient"
)

// provider is an identity provider with one key.
type provider struct {
	server *httptest.Server
	key    *rsa.PrivateKey
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key}
	b64 := base64.RawURLEncoding.EncodeToString
	set := map[string]any{"keys": []map[string]string{{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k1",
		"n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}}}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(set) }))
	t.Cleanup(p.server.Close)
	return p
}

func (p *provider) token(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = "k1"
	text, err := token.SignedString(p.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "issuers.json")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Another provider's access token is accepted under the names that its claims have, and says who calls; what they may, the
// store says.
func TestExternalIssuer(t *testing.T) {
	idp := newProvider(t)
	issuers := file(t, `[{"issuer":"https://id.example.com","audience":"books","jwks":"`+idp.server.URL+`","claims":{"principal":"bo_user","tenant":"bo_tenant","person":"bo_person"}}]`)
	p := start(t, "-demo", "-data", filepath.Join(t.TempDir(), "data"), "-issuers", issuers)
	c, _ := p.signIn()
	var who struct{ Tenant, Principal, Person, Name string }
	if err := c.Get(t.Context(), "/platform/v1/session", nil, &who); err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	claims := jwt.MapClaims{"iss": "https://id.example.com", "aud": "books", "exp": now + 300, "nbf": now - 1, "iat": now - 1, "token_use": "access",
		"bo_user": who.Principal, "bo_tenant": who.Tenant, "bo_person": who.Person, "scope": "backoffice/platform", "sub": "somebody"}
	abroad := &boclient.Client{Base: p.address, Bearer: idp.token(t, claims), Attempts: 1}
	who.Name = ""
	if err := abroad.Get(t.Context(), "/platform/v1/session", nil, &who); err != nil || who.Name != "Mina Patel" {
		t.Error(who, err)
	}
	claims["aud"] = "another"
	abroad.Bearer = idp.token(t, claims)
	if err := abroad.Get(t.Context(), "/platform/v1/session", nil, &who); err == nil {
		t.Error("a token for somebody else is accepted")
	}
	p.end()
}

// A file that would accept tokens of nobody in particular is refused.
func TestIssuersFile(t *testing.T) {
	for want, content := range map[string]string{
		"lacks issuer or audience": `[{"issuer":"https://id.example.com","jwks":"https://id.example.com/keys"}]`,
		"neither https":            `[{"issuer":"https://id.example.com","audience":"b","jwks":"http://id.example.com/keys"}]`,
		"is no address":            `[{"issuer":"https://id.example.com","audience":"b"}]`,
		"unknown field":            `[{"issuer":"https://id.example.com","audience":"b","jkws":"https://id.example.com/keys"}]`,
	} {
		out, err := onprem(t, "-addr", "127.0.0.1:0", "-data", filepath.Join(t.TempDir(), "data"), "-issuers", file(t, content))
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%s: %v\n%s", want, err, out)
		}
	}
}
