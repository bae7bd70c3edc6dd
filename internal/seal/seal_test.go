package seal_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/op"
	"backoffice/internal/seal"
	"backoffice/internal/seal/keyring"
)

func ring(t *testing.T) *keyring.Ring {
	t.Helper()
	k, err := keyring.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return keyring.New(k)
}

// What Pack makes Unpack takes apart; nothing else passes for sealed.
func TestFieldsNameTheirKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, inner := rapid.StringN(0, 80, 255).Draw(t, "key"), rapid.SliceOf(rapid.Byte()).Draw(t, "sealed")
		field := seal.Pack(key, inner)
		k, s, err := seal.Unpack(field)
		if err != nil || k != key || !bytes.Equal(s, inner) || !seal.Sealed(field) {
			t.Fatalf("%q %x %v", k, s, err)
		}
	})
	for _, bad := range [][]byte{nil, []byte("\x00sealed1"), []byte("\x00sealed1\x05abc"), bytes.Repeat([]byte{7}, 20)} {
		if _, _, err := seal.Unpack(bad); !errors.Is(err, seal.ErrForm) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// No two places have the same text, however their parts are cut.
func TestPlacesAreToldApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringOf(rapid.RuneFrom([]rune("a1:2b")))
		draw := func(n string) seal.Place {
			return seal.Place{Tenant: part.Draw(t, n+" tenant"), Record: part.Draw(t, n+" record"), Kind: part.Draw(t, n+" kind")}
		}
		a, b := draw("a"), draw("b")
		if (a == b) != (a.Text() == b.Text()) {
			t.Fatalf("%+v and %+v: %q, %q", a, b, a.Text(), b.Text())
		}
	})
}

// An operation does with fields what its spec declares, in its tenant; whoever has no sealer gets ErrKey and never a field.
func TestGuard(t *testing.T) {
	at := seal.Place{Tenant: "ten_1", Record: "usr_1", Kind: "k"}
	in := func(tenant, public string, do op.SealAction) context.Context {
		return op.WithRunning(t.Context(), &op.Spec{ID: "platform.test", Seals: do, Public: public}, tenant)
	}
	g := seal.Guard(ring(t))
	field, err := g.Seal(in("ten_1", "", op.SealField), []byte("secret"), at)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := g.Open(t.Context(), field, at); err != nil || string(plain) != "secret" {
		t.Errorf("outside any operation: %q %v", plain, err)
	}
	if _, err := g.Open(in("", "anybody may", op.OpenField), field, at); err != nil {
		t.Errorf("an operation that learns its tenant on the way: %v", err)
	}
	var denied *seal.DeniedError
	for name, ctx := range map[string]context.Context{"only seals": in("ten_1", "", op.SealField), "declares nothing": in("ten_1", "", 0), "another tenant": in("ten_2", "", op.OpenField), "no tenant": in("", "", op.OpenField)} {
		if _, err := g.Open(ctx, field, at); !errors.As(err, &denied) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := g.Seal(in("ten_1", "", op.OpenField), []byte("secret"), at); !errors.As(err, &denied) || denied.Error() != "seal: platform.test is not granted sealing a field" {
		t.Errorf("%v", err)
	}
	none := seal.Guard(nil)
	if _, err := none.Open(t.Context(), field, at); !errors.Is(err, seal.ErrKey) || !none.Stale(field) {
		t.Errorf("%v", err)
	}
}
