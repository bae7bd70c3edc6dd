package faults

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Finding is one breach of an invariant.
type Finding struct{ Invariant, What string }

// String is the finding in one line.
func (f Finding) String() string { return f.Invariant + ": " + f.What }

// Findings gathers breaches of invariants. A proof embeds it in a type of its own, whose methods are its checks.
type Findings []Finding

// Add notes a breach of an invariant, by its name.
func (f *Findings) Add(invariant, format string, args ...any) {
	*f = append(*f, Finding{invariant, fmt.Sprintf(format, args...)})
}

// Of tells whether an invariant was broken.
func (f Findings) Of(invariant string) bool {
	return slices.ContainsFunc(f, func(x Finding) bool { return x.Invariant == invariant })
}

// toldMax is how many of a run's faults a failure tells.
const toldMax = 60

// Report ends a test in which something was found, and tells how the run came about and how it is run again.
func (t *Transport) Report(tb testing.TB, found Findings) {
	tb.Helper()
	for _, x := range found {
		tb.Error(x)
	}
	if tb.Failed() {
		log := t.Log()
		tb.Fatalf("replay with %s=%d; rates %v; %d faults, the last:\n%s", SeedVariable, t.seed, t.rates, len(log), strings.Join(log[max(0, len(log)-toldMax):], "\n"))
	}
}
