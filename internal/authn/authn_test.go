package authn

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"backoffice/internal/clock"
	"backoffice/internal/fault"
	"backoffice/internal/id"
	"backoffice/internal/op"
)

var start = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

var mina = op.Identity{Tenant: "ten_1", Principal: "usr_1", Person: "per_1", Session: "ses_1", Scopes: []string{"backoffice/finance", "backoffice/platform"},
	Methods: []string{"pwd"}, AuthTime: start}

// testKey is made once: making RSA keys takes longer than all tests.
var testKey = sync.OnceValue(func() Key {
	k, err := NewKey()
	if err != nil {
		panic(err)
	}
	return k
})

// at makes an issuer whose clock can be moved.
func at(now *time.Time) *Issuer {
	c := clock.Clock(func() time.Time { return *now })
	return NewIssuer("https://host.example", "backoffice", NewKeys(testKey()), c, id.NewSource(c, nil))
}

func issue(t testing.TB, i *Issuer) string {
	t.Helper()
	token, good, err := i.Issue(mina)
	if err != nil || good != 15*time.Minute {
		t.Fatalf("issue: %v, good for %v", err, good)
	}
	return token
}

func refused(t *testing.T, what string, v interface {
	Verify(context.Context, string) (op.Identity, error)
}, token string) {
	t.Helper()
	who, err := v.Verify(t.Context(), token)
	if !fault.Is(err, op.RuleNoToken.Code) || who.Principal != "" || who.Tenant != "" {
		t.Errorf("%s: %+v, %v", what, who, err)
	}
}

func TestIssuedTokensVerify(t *testing.T) {
	now := start
	i := at(&now)
	token := issue(t, i)
	byDocument, err := NewPinned("https://host.example", "backoffice", i.JWKS(), func() time.Time { return now }, OwnClaims())
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]*Verifier{"the issuer's own": i.Verifier(), "by its document": byDocument} {
		who, err := v.Verify(t.Context(), token)
		if err != nil || !reflect.DeepEqual(who, mina) {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
	machine := op.Identity{Tenant: "ten_1", Principal: "key_1", Methods: []string{"key"}, AuthTime: start}
	raw, _, err := i.Issue(machine)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := i.Verifier().Verify(t.Context(), raw); err != nil || who.Person != "" || who.Principal != "key_1" || len(who.Scopes) != 0 {
		t.Errorf("a machine: %+v, %v", who, err)
	}
}

// A token is good from the instant of its issue until, and not at, the instant of its end.
func TestTimes(t *testing.T) {
	now := start
	i := at(&now)
	token := issue(t, i)
	for offset, good := range map[time.Duration]bool{-time.Second: false, 0: true, 15*time.Minute - time.Millisecond: true, 15 * time.Minute: false, time.Hour: false} {
		now = start.Add(offset)
		if _, err := i.Verifier().Verify(t.Context(), token); (err == nil) != good {
			t.Errorf("after %v: %v", offset, err)
		}
	}
}

// forge signs claims and header of the test's own with a key.
func forge(t testing.TB, key Key, head map[string]any, set map[string]any) string {
	t.Helper()
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	text := part(head) + "." + part(set)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key.private, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func goodHeader() map[string]any {
	return map[string]any{"alg": "RS256", "kid": testKey().ID, "typ": "JWT"}
}

func goodClaims() map[string]any {
	return map[string]any{"iss": "https://host.example", "aud": "backoffice", "sub": "usr_1", "tenant": "ten_1", "token_use": "access",
		"iat": start.Unix(), "nbf": start.Unix(), "exp": start.Add(time.Minute).Unix()}
}

// with changes one member; nil removes it.
func with(m map[string]any, name string, v any) map[string]any {
	m = maps.Clone(m)
	if m[name] = v; v == nil {
		delete(m, name)
	}
	return m
}

// Each of these is signed by the right key and wrong in one claim.
func TestClaimsThatAreRefused(t *testing.T) {
	now := start
	v := at(&now).Verifier()
	good := goodClaims()
	for name, set := range map[string]map[string]any{
		"as it is": good, "several audiences": with(good, "aud", []string{"other", "backoffice"}),
		"client_id for the audience": with(with(good, "aud", nil), "client_id", "backoffice"), "iat for nbf": with(good, "nbf", nil),
	} {
		if _, err := v.Verify(t.Context(), forge(t, testKey(), goodHeader(), set)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, set := range map[string]map[string]any{
		"no issuer": with(good, "iss", nil), "another issuer": with(good, "iss", "https://host.example/"), "a list of issuers": with(good, "iss", []string{"https://host.example"}),
		"no audience": with(good, "aud", nil), "another audience": with(good, "aud", "other"), "an empty audience": with(good, "aud", ""),
		"another client": with(with(good, "aud", nil), "client_id", "other"),
		"no end":         with(good, "exp", nil), "an end that is text": with(good, "exp", "1795500000"), "an end for ever": with(good, "exp", 1e300), "an end before time": with(good, "exp", -1),
		"not valid yet": with(good, "nbf", start.Unix()+1), "neither nbf nor iat": with(with(good, "nbf", nil), "iat", nil), "an nbf that is text": with(good, "nbf", "0"),
		"an id token": with(good, "token_use", "id"), "no use": with(good, "token_use", nil),
		"no tenant": with(good, "tenant", nil), "an empty tenant": with(good, "tenant", ""), "a tenant with a separator": with(good, "tenant", "ten_1|PRN"),
		"a word that stands in keys where there is no tenant": with(good, "tenant", "login"),
		"a tenant that is a number":                           with(good, "tenant", 1), "no subject": with(good, "sub", nil), "the system": with(good, "sub", "system"), "a subject with a separator": with(good, "sub", "usr_1|x"),
	} {
		refused(t, name, v, forge(t, testKey(), goodHeader(), set))
	}
}

// Each of these is signed by the right key under a header that must not be accepted.
func TestHeadersThatAreRefused(t *testing.T) {
	now := start
	v := at(&now).Verifier()
	for name, head := range map[string]map[string]any{
		"alg none": with(goodHeader(), "alg", "none"), "no alg": with(goodHeader(), "alg", nil), "RS512": with(goodHeader(), "alg", "RS512"), "PS256": with(goodHeader(), "alg", "PS256"),
		"alg in small letters": with(goodHeader(), "alg", "rs256"), "no kid": with(goodHeader(), "kid", nil), "an unknown kid": with(goodHeader(), "kid", "x"),
		"jku": with(goodHeader(), "jku", "https://evil.example/keys"), "jwk": with(goodHeader(), "jwk", publicJWK(&testKey().private.PublicKey)),
		"x5u": with(goodHeader(), "x5u", "https://evil.example/cert"), "x5c": with(goodHeader(), "x5c", []string{"AA"}), "crit": with(goodHeader(), "crit", []string{"exp"}),
		"JKU in capitals": with(goodHeader(), "JKU", "https://evil.example/keys"),
	} {
		refused(t, name, v, forge(t, testKey(), head, goodClaims()))
	}
	other, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "another key under a known kid", v, forge(t, other, goodHeader(), goodClaims()))
	token := forge(t, testKey(), goodHeader(), goodClaims())
	for name, text := range map[string]string{"nothing": "", "two parts": token[:strings.LastIndexByte(token, '.')], "four parts": token + ".x", "no signature": token[:strings.LastIndexByte(token, '.')+1],
		"padding": token + "=", "a space": token + " ", "a line break": token[:9] + "\n" + token[9:], "too long": token + strings.Repeat("A", tokenBytesMax)} {
		refused(t, name, v, text)
	}
}

// The public key is public: whoever signs with it as if it were a shared secret is refused, in every form that a library may
// take it in.
func TestPublicKeyAsSecret(t *testing.T) {
	now := start
	i := at(&now)
	pub := &testKey().private.PublicKey
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string][]byte{"pem": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "der": der, "modulus": pub.N.Bytes(), "document": i.JWKS()} {
		for _, m := range []jwt.SigningMethod{jwt.SigningMethodHS256, jwt.SigningMethodHS384, jwt.SigningMethodHS512} {
			token := jwt.NewWithClaims(m, jwt.MapClaims(goodClaims()))
			token.Header["kid"] = testKey().ID
			text, err := token.SignedString(secret)
			if err != nil {
				t.Fatal(err)
			}
			refused(t, name+" as a secret of "+m.Alg(), i.Verifier(), text)
		}
	}
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims(goodClaims())).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "none", i.Verifier(), none)
}

// Whatever is altered in a token, it is no longer one.
func TestAnyAlterationIsRefused(t *testing.T) {
	now := start
	i := at(&now)
	token := issue(t, i)
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.="
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.IntRange(0, len(token)-1).Draw(rt, "at")
		c := alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(rt, "character")]
		var altered string
		switch rapid.IntRange(0, 2).Draw(rt, "how") {
		case 0:
			altered = token[:at] + string(c) + token[at+1:]
		case 1:
			altered = token[:at] + string(c) + token[at:]
		default:
			altered = token[:at] + token[at+1:]
		}
		if altered == token {
			return
		}
		if who, err := i.Verifier().Verify(context.Background(), altered); !fault.Is(err, op.RuleNoToken.Code) || who.Principal != "" {
			rt.Fatalf("position %d of %d: %+v, %v", at, len(token), who, err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	now := start
	i := at(&now)
	token := issue(f, i)
	f.Add(token)
	f.Add("..")
	f.Add(token[:20] + "." + token[20:])
	f.Fuzz(func(t *testing.T, text string) {
		who, err := i.Verifier().Verify(t.Context(), text)
		if text == token {
			return
		}
		if !fault.Is(err, op.RuleNoToken.Code) || who.Principal != "" {
			t.Fatalf("%q: %+v, %v", text, who, err)
		}
	})
}
