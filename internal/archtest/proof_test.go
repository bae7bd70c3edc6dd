package archtest

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var testName = regexp.MustCompile("`([a-z][a-z0-9/]*)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")

// docs/proof.md names tests that there are.
func TestProofNamesTestsThatExist(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "proof.md"))
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && s.test && fn.Recv == nil {
				have[s.dir+"."+fn.Name.Name] = true
			}
		}
	}
	named := testName.FindAllStringSubmatch(string(raw), -1)
	if len(named) < strings.Count(string(raw), "\n| ")/2 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, m := range named {
		if test := m[1] + "." + m[2]; !have[test] {
			t.Errorf("docs/proof.md names %s, which does not exist", test)
		}
	}
}

var walked = regexp.MustCompile(`Walk: ([a-z, -]+)`)

// docs/proof.md names rules of the walk that there are.
func TestProofNamesRulesOfTheWalk(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "docs", "proof.md"))
	if err != nil {
		t.Fatal(err)
	}
	walk, err := os.ReadFile(filepath.Join("..", "conformance", "walk_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range walked.FindAllStringSubmatch(string(raw), -1) {
		for rule := range strings.SplitSeq(m[1], ", ") {
			if rule = strings.TrimSpace(rule); rule != "" && !strings.HasPrefix(rule, "and ") && !strings.Contains(string(walk), `{"`+rule+`",`) {
				t.Errorf("docs/proof.md names the rule %q, which the walk has not", rule)
			}
		}
	}
}
