package authn

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"backoffice/internal/op"
)

// provider is another provider's key endpoint.
func provider(t *testing.T) (address string, document *atomic.Value, reads *atomic.Int64) {
	t.Helper()
	document, reads = &atomic.Value{}, &atomic.Int64{}
	document.Store(NewKeys(testKey()).JWKS())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reads.Add(1)
		_, _ = w.Write(document.Load().([]byte))
	}))
	t.Cleanup(server.Close)
	return server.URL, document, reads
}

var mapping = ClaimMap{Principal: "custom:user", Tenant: "custom:tenant", Person: "custom:person", Session: "origin_jti", Scope: "scope", Methods: "amr", AuthTime: "auth_time"}

func externalClaims() map[string]any {
	return map[string]any{"iss": "https://pool.example", "client_id": "app", "sub": "8c1d", "custom:user": "usr_1", "custom:tenant": "ten_1", "custom:person": "per_1",
		"origin_jti": "o-1", "scope": "openid backoffice/finance", "amr": []string{"pwd", "mfa"}, "auth_time": start.Unix(), "token_use": "access",
		"iat": start.Unix(), "exp": start.Add(time.Hour).Unix()}
}

func TestExternalIssuer(t *testing.T) {
	now := start
	address, document, reads := provider(t)
	v := NewExternal(t.Context(), External{Issuer: "https://pool.example", Audience: "app", JWKS: address, Claims: mapping}, func() time.Time { return now })
	want := op.Identity{Tenant: "ten_1", Principal: "usr_1", Person: "per_1", Session: "o-1", Scopes: []string{"openid", "backoffice/finance"}, Methods: []string{"pwd", "mfa"}, AuthTime: start}
	token := forge(t, testKey(), goodHeader(), externalClaims())
	for range 9 {
		if who, err := v.Verify(t.Context(), token); err != nil || !reflect.DeepEqual(who, want) {
			t.Fatalf("%+v, %v", who, err)
		}
	}
	if n := reads.Load(); n > 2 { // the second token may come between the reading of the keys and their being kept
		t.Errorf("the keys were read %d times", n)
	}
	newer, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	head := with(goodHeader(), "kid", newer.ID)
	refused(t, "a key that the provider does not publish", v, forge(t, newer, head, externalClaims()))
	document.Store(NewKeys(newer, testKey()).JWKS())
	before := reads.Load()
	_, err = v.Verify(t.Context(), forge(t, newer, head, externalClaims()))
	for err != nil && reads.Load() == before { // it was judged by the reading before, which was about to end
		_, err = v.Verify(t.Context(), forge(t, newer, head, externalClaims()))
	}
	if err != nil {
		t.Errorf("a key that the provider has published since: %v", err)
	}
	refused(t, "an id token", v, forge(t, testKey(), goodHeader(), with(externalClaims(), "token_use", "id")))
	refused(t, "without the tenant's claim", v, forge(t, testKey(), goodHeader(), with(externalClaims(), "custom:tenant", nil)))
	refused(t, "alg none", v, forge(t, testKey(), with(goodHeader(), "alg", "none"), externalClaims()))
	now = start.Add(time.Hour + externalSkew - time.Millisecond)
	if _, err := v.Verify(t.Context(), token); err != nil {
		t.Errorf("within the clocks' difference: %v", err)
	}
	now = start.Add(time.Hour + externalSkew)
	refused(t, "expired", v, token)
}

// A token that points elsewhere for its key makes nobody look there.
func TestNobodyFollowsTheToken(t *testing.T) {
	now := start
	evil, _, reads := provider(t)
	address, _, _ := provider(t)
	v := NewExternal(t.Context(), External{Issuer: "https://pool.example", Audience: "app", JWKS: address, Claims: mapping}, func() time.Time { return now })
	for _, name := range []string{"jku", "x5u"} {
		refused(t, name, v, forge(t, testKey(), with(goodHeader(), name, evil), externalClaims()))
	}
	refused(t, "iss", v, forge(t, testKey(), goodHeader(), with(externalClaims(), "iss", evil)))
	if reads.Load() != 0 {
		t.Errorf("%d reads at an address that a token named", reads.Load())
	}
}

func TestSeveralIssuers(t *testing.T) {
	now := start
	address, _, _ := provider(t)
	c := func() time.Time { return now }
	external := NewExternal(t.Context(), External{Issuer: "https://pool.example", Audience: "app", JWKS: address, Claims: mapping}, c)
	both := Several{at(&now).Verifier(), external}
	for name, token := range map[string]string{"own": issue(t, at(&now)), "external": forge(t, testKey(), goodHeader(), externalClaims())} {
		if who, err := both.Verify(t.Context(), token); err != nil || who.Principal != "usr_1" {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
	// Both sign with the same key here: what keeps them apart is that each token is judged by its own issuer's rules.
	refused(t, "own issuer, external audience", both, forge(t, testKey(), goodHeader(), with(externalClaims(), "iss", "https://host.example")))
	refused(t, "a third issuer", both, forge(t, testKey(), goodHeader(), with(goodClaims(), "iss", "https://third.example")))
	refused(t, "no token", both, "x.y.z")
	refused(t, "nobody configured", Several{}, issue(t, at(&now)))
}

func TestProvidersWithoutTokenUse(t *testing.T) {
	now := start
	address, _, _ := provider(t)
	m := mapping
	m.AnyUse = true
	v := NewExternal(t.Context(), External{Issuer: "https://pool.example", Audience: "app", JWKS: address, Claims: m}, func() time.Time { return now })
	if _, err := v.Verify(t.Context(), forge(t, testKey(), goodHeader(), with(externalClaims(), "token_use", nil))); err != nil {
		t.Error(err)
	}
	refused(t, "an id token that says so", v, forge(t, testKey(), goodHeader(), with(externalClaims(), "token_use", "id")))
}
