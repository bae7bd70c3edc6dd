package main_test

import (
	"os"
	"strings"
	"testing"
)

// Every command that the runbook shows exists, with its flags.
func TestRunbook(t *testing.T) {
	raw, err := os.ReadFile("../../docs/runbooks/onprem.md")
	if err != nil {
		t.Fatal(err)
	}
	u, seen := newUser(t), 0
	for line := range strings.Lines(string(raw)) {
		words, ok := strings.CutPrefix(strings.TrimSpace(line), "boctl ")
		if !ok {
			continue
		}
		seen++
		words, _, _ = strings.Cut(words, "#")
		u.ok("", append(strings.Fields(words), "--help")...)
	}
	if seen < 10 {
		t.Errorf("the runbook shows %d commands", seen)
	}
}
