package keyring_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"backoffice/internal/seal"
	"backoffice/internal/seal/keyring"
)

var (
	secret = []byte("a secret of twenty b")
	here   = seal.Place{Tenant: "ten_1", Record: "usr_1", Kind: "second-factor"}
)

func key(t *testing.T) keyring.Key {
	t.Helper()
	k, err := keyring.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealed(t *testing.T, r *keyring.Ring) []byte {
	t.Helper()
	field, err := r.Seal(t.Context(), secret, here)
	if err != nil {
		t.Fatal(err)
	}
	return field
}

// A field is good at its place alone, under its own key alone, and unaltered alone; none says what was in it.
func TestFieldsOpenWhereTheyWereSealed(t *testing.T) {
	r := keyring.New(key(t))
	field := sealed(t, r)
	if plain, err := r.Open(t.Context(), field, here); err != nil || !bytes.Equal(plain, secret) {
		t.Fatalf("%q %v", plain, err)
	}
	if bytes.Contains(field, secret) || bytes.Equal(field, sealed(t, r)) {
		t.Errorf("%q shows its secret, or is the same each time", field)
	}
	for _, elsewhere := range []seal.Place{{Tenant: "ten_2", Record: "usr_1", Kind: "second-factor"}, {Tenant: "ten_1", Record: "usr_2", Kind: "second-factor"}, {Tenant: "ten_1", Record: "usr_1", Kind: "other"}} {
		if _, err := r.Open(t.Context(), field, elsewhere); !errors.Is(err, seal.ErrMoved) {
			t.Errorf("moved to %+v: %v", elsewhere, err)
		}
	}
	_, inner, _ := seal.Unpack(field)
	for i := len(field) - len(inner); i < len(field); i++ {
		bad := bytes.Clone(field)
		bad[i] ^= 1
		if _, err := r.Open(t.Context(), bad, here); !errors.Is(err, seal.ErrMoved) {
			t.Errorf("altered at %d: %v", i, err)
		}
	}
	other := keyring.New(key(t))
	if _, err := other.Open(t.Context(), field, here); !errors.Is(err, seal.ErrKey) || other.Holds(field) {
		t.Errorf("another key: %v", err)
	}
	if _, err := r.Open(t.Context(), secret, here); !errors.Is(err, seal.ErrForm) {
		t.Errorf("plain: %v", err)
	}
}

// A new key seals, a former one still opens what it sealed, and what it sealed is known to be due.
func TestRotation(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "field-keys")
	first, err := keyring.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	field := sealed(t, first)
	again, err := keyring.Open(path)
	if err != nil || again.Stale(field) {
		t.Fatalf("opened again: %v", err)
	}
	newest, err := keyring.Rotate(path)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := keyring.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := rotated.Open(t.Context(), field, here); err != nil || !bytes.Equal(plain, secret) || !rotated.Stale(field) || !rotated.Holds(field) {
		t.Errorf("the former key: %q %v", plain, err)
	}
	if id, _, _ := seal.Unpack(sealed(t, rotated)); id != newest || rotated.Stale(sealed(t, rotated)) {
		t.Errorf("sealed with %s, not %s", id, newest)
	}
	if !rotated.Stale(secret) {
		t.Error("a plain field is not due")
	}
}

// The file is its owner's alone, and is refused when it is not, or is not what was written; the refusal repeats nothing of it.
func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "field-keys")
	if _, err := keyring.Open(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"empty": "", "no base64": "!!" + string(good), "short": "c2hvcnQ=\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keyring.Open(path); !errors.Is(err, keyring.ErrFile) || bytes.Contains([]byte(err.Error()), bytes.TrimSpace(good)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := errors.Join(os.WriteFile(path, good, 0o600), os.Chmod(path, 0o640)); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(path); !errors.Is(err, keyring.ErrFile) {
		t.Errorf("open to others: %v", err)
	}
	if _, err := keyring.Rotate(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("rotating what is not there: %v", err)
	}
}
