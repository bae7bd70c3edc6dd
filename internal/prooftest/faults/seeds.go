package faults

import (
	"fmt"
	"math/rand/v2" //nolint:depguard // chance that follows from a seed is what a proof is made of
	"os"
	"strconv"
	"testing"
)

// SeedVariable names a seed to run again instead of the usual ones; a failure tells every fault.
const SeedVariable = "PROOF_SEED"

// Seeds are those of a run: the one that the environment names, or so many from 1 on; fewer for a short test.
func Seeds(t testing.TB, usual, short int) []uint64 {
	t.Helper()
	if text := os.Getenv(SeedVariable); text != "" { //nolint:forbidigo // only tests ask for seeds
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("%s: %v", SeedVariable, err)
		}
		return []uint64{seed}
	}
	if testing.Short() {
		usual = short
	}
	out := make([]uint64, usual)
	for i := range out {
		out[i] = uint64(i) + 1
	}
	return out
}

// Chance gives the same bytes for the same seed and name.
func Chance(seed uint64, name string) *rand.ChaCha8 {
	var key [32]byte
	copy(key[:], fmt.Sprintf("%d/%s", seed, name))
	return rand.NewChaCha8(key)
}

// Choices gives a source of choices for the same seed and name.
func Choices(seed uint64, name string) *rand.Rand {
	return rand.New(Chance(seed, name+"/choices")) //nolint:gosec // G404: a run must be the same again
}
