package password_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/platform/password"
)

var cheap = password.Parameters{MemoryKiB: 8, Passes: 1, Lanes: 1}

func TestHashVerifies(t *testing.T) {
	h := password.NewHasher(cheap, nil)
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringN(1, 40, 128).Draw(rt, "password")
		hash, err := h.Hash(t.Context(), text)
		if err != nil {
			rt.Fatal(err)
		}
		if ok, err := h.Verify(t.Context(), text, hash); err != nil || !ok {
			rt.Fatalf("the password itself: %v, %v", ok, err)
		}
		if ok, err := h.Verify(t.Context(), text+"x", hash); err != nil || ok {
			rt.Fatalf("another password: %v, %v", ok, err)
		}
	})
}

// The same characters typed on another keyboard come as other bytes and are the same password.
func TestComposedCharactersAreOne(t *testing.T) {
	h := password.NewHasher(cheap, nil)
	hash, err := h.Hash(t.Context(), "caf\u00e9-au-lait")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.Verify(t.Context(), "cafe\u0301-au-lait", hash); err != nil || !ok {
		t.Errorf("decomposed: %v, %v", ok, err)
	}
}

// A hash carries its parameters: it verifies under a hasher with others, which tells that it is worth making anew.
func TestParametersAreInTheHash(t *testing.T) {
	old, err := password.NewHasher(cheap, bytes.NewReader(make([]byte, 16))).Hash(t.Context(), "plum-window")
	if err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"; !strings.HasPrefix(old, want) {
		t.Errorf("hash %s, want it to begin with %s", old, want)
	}
	now := password.NewHasher(password.Parameters{MemoryKiB: 16, Passes: 2, Lanes: 2}, nil)
	if ok, err := now.Verify(t.Context(), "plum-window", old); err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
	if !now.Stale(old) || password.NewHasher(cheap, nil).Stale(old) {
		t.Error("stale is when the parameters differ")
	}
	if r := password.Recommended(); r.MemoryKiB < 19456 || r.Passes < 2 {
		t.Errorf("recommended: %+v", r)
	}
}

// The reference implementation's own vector proves that this is argon2id and not something like it.
func TestReferenceVector(t *testing.T) {
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := password.NewHasher(cheap, nil).Verify(t.Context(), "password", hash); err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestNoHashNeverVerifies(t *testing.T) {
	h := password.NewHasher(cheap, nil)
	for _, text := range []string{"", "x", "decoy", strings.Repeat("\x00", 32)} {
		if ok, err := h.Verify(t.Context(), text, ""); err != nil || ok {
			t.Errorf("%q: %v, %v", text, ok, err)
		}
	}
}

func TestDamagedHashes(t *testing.T) {
	h := password.NewHasher(cheap, nil)
	hash, err := h.Hash(t.Context(), "plum-window")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"x", "$", strings.Replace(hash, "argon2id", "argon2i", 1), strings.Replace(hash, "v=19", "v=16", 1),
		strings.Replace(hash, "m=8", "m=4294967295", 1), strings.Replace(hash, "m=8", "m=0", 1), strings.Replace(hash, "t=1", "t=4000000000", 1),
		strings.Replace(hash, "p=1", "p=0", 1), strings.Replace(hash, "m=8", "m=08", 1), hash + "$", hash[:len(hash)-2], hash + "=="} {
		if ok, err := h.Verify(t.Context(), "plum-window", bad); err == nil || ok {
			t.Errorf("%s: %v, %v", bad, ok, err)
		}
		if !h.Stale(bad) {
			t.Errorf("%s is not stale", bad)
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := password.NewHasher(cheap, nil)
	stopped := 0
	for range 200 { // select is free to choose while a slot is open, so not every call need stop
		if _, err := h.Hash(ctx, "plum-window"); err != nil {
			stopped++
		}
	}
	if stopped == 0 {
		t.Error("no call stopped for its context")
	}
	if _, err := password.NewHasher(cheap, strings.NewReader("short")).Hash(t.Context(), "plum-window"); err == nil {
		t.Error("hashed without a whole salt")
	}
}

func TestCommon(t *testing.T) {
	for _, text := range []string{"password", "PassWord", "password1", "P@ssw0rd", "P@ssw0rd2026!", "Passw0rd!", "qwertyuiop", "12345678", "87654321", "1234567890",
		"aaaaaaaa", "abababab", "abcabcabc", "abcdefgh", "hgfedcba", "iloveyou", "Liverpool1", "welcome123", "Welcome2026!", "letmein!!!", "1q2w3e4r", "1qaz2wsx",
		"correcthorsebatterystaple", "Manchester99", "dragondragon", "$uper$tar", "changeme", "!!!!!!!!", "$unshine1"} {
		if !password.Common(text) {
			t.Errorf("%q is taken", text)
		}
	}
	for _, text := range []string{"copper-lantern-drifts-home", "paper-anchor-sings-low", "xK3#vq9!pLm2", "tr0ub4dor&3x", "двадцать-два", "my password is long"} {
		if password.Common(text) {
			t.Errorf("%q is refused", text)
		}
	}
	for _, text := range []string{"mina.patel@example.com", "Mina.Patel1", "mina.patel2026!"} {
		if !password.Common(text, "Mina.Patel@Example.com") {
			t.Errorf("%q is taken for its owner", text)
		}
	}
	if password.Common("84716392", "123@example.com") || password.Common("84716392", "") {
		t.Error("an address of figures refuses every password of figures")
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("plum-window", "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, text, hash string) {
		if len(hash) > 200 || strings.Count(hash, "m=") > 0 && !strings.Contains(hash, "m=8,t=1,p=1") {
			return // costly ones are refused or slow; the bounds have a test of their own
		}
		if ok, _ := password.NewHasher(cheap, nil).Verify(t.Context(), text, hash); ok && hash == "" {
			t.Fatal("no hash, and yet it verifies")
		}
		_ = password.Common(text, hash)
	})
}
