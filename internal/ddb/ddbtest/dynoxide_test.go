package ddbtest

import (
	"os"
	"testing"

	"backoffice/internal/ddb/ddbtest/oracle"
)

// startOracle runs dynoxide for one test, or skips where it is not at hand.
func startOracle(t *testing.T) *oracle.Process {
	t.Helper()
	binary, err := oracle.Find(os.Getenv(oracle.BinaryVariable))
	if err != nil {
		t.Skip(err)
	}
	process, err := oracle.Start(t.Context(), binary, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Stop(); err != nil {
			t.Error(err)
		}
	})
	return process
}

// TestDynoxide proves the suite itself: what an independent implementation
// answers is what the checks expect, except where it is known to be wrong.
func TestDynoxide(t *testing.T) {
	process := startOracle(t)
	Run(t, Target{Name: "dynoxide", Endpoint: process.URL, OtherMessages: true, Defects: dynoxideDefects()})
}
