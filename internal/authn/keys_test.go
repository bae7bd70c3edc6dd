package authn

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/id"
)

func TestKeysAreMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.pem")
	var group sync.WaitGroup
	ids := make([]string, 4)
	for i := range ids { // several processes that start at once agree on one key
		group.Go(func() {
			k, err := OpenKeys(path)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = k.list[0].ID
		})
	}
	group.Wait()
	for _, got := range ids {
		if got != ids[0] || got == "" {
			t.Errorf("keys %v", ids)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestKeyFilesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "keys.pem")
	if _, err := OpenKeys(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o700, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeys(path); !errors.Is(err, ErrKeyFile) {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
	for name, text := range map[string]string{"empty": "", "no key": "hello", "damaged": strings.Replace(string(good), "M", "N", 3),
		"another kind": "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIMAdb0a1BZ9lkJBWOTgUiqTQzDkdTbfWKBWDCLqm5j5c\n-----END PRIVATE KEY-----\n"} {
		bad := filepath.Join(dir, name)
		if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeys(bad); !errors.Is(err, ErrKeyFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := OpenKeys(filepath.Join(path, "keys.pem")); err == nil {
		t.Error("made keys below a file")
	}
}

// A new key signs; tokens of the former one are still good.
func TestKeysCanBeReplaced(t *testing.T) {
	now := start
	c := clock.Clock(func() time.Time { return now })
	newer, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.pem")
	text, err := NewKeys(newer, testKey()).text()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	both, err := OpenKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	i := NewIssuer("https://host.example", "backoffice", both, c, id.NewSource(c, nil))
	old, latest := issue(t, at(&now)), issue(t, i)
	for name, token := range map[string]string{"old": old, "latest": latest} {
		if _, err := i.Verifier().Verify(t.Context(), token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused(t, "the new key where it is not known", at(&now).Verifier(), latest)
}

func TestKeySetsWithoutAUsableKey(t *testing.T) {
	for _, text := range []string{``, `{}`, `{"keys":[]}`, `{"keys":[{"kty":"EC","kid":"a"}]}`, `{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}`,
		strings.Replace(string(NewKeys(testKey()).JWKS()), `"use":"sig"`, `"use":"enc"`, 1), strings.Replace(string(NewKeys(testKey()).JWKS()), `"RS256"`, `"RS512"`, 1)} {
		if _, err := NewPinned("i", "a", []byte(text), clock.Fixed(start), OwnClaims()); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}
