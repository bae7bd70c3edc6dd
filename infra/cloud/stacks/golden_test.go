package stacks_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"backoffice/infra/cloud/cloudtest"
)

var update = flag.Bool("update", false, "write the stacks' golden files anew; read the difference before you commit it")

// Each stack has a small golden file: what kinds of resources it has, and by which logical ids it holds what must never be
// replaced. A change here is a change of what stands in accounts: `go test ./infra/cloud/stacks -run Agreed -update`, read, commit.
func TestStacksAreAsAgreed(t *testing.T) {
	seen := map[string]bool{}
	for name, tpl := range templates(t) {
		file := filepath.Join("testdata", strings.TrimPrefix(name, "backoffice-test-")+".golden")
		seen[file] = true
		have := summary(name, tpl)
		if *update {
			if err := os.WriteFile(file, []byte(have), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil || string(want) != have {
			t.Errorf("%s is not as %s says (%v). It is:\n%s", name, file, err, have)
		}
	}
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !seen[f] {
			t.Errorf("%s tells of a stack that is no more: what it held would be deleted or left behind", f)
		}
	}
}

// summary is what a stack's golden file holds. Stacks that grow with the catalogue have no numbers: docs/operations.md has them.
func summary(name string, tpl cloudtest.Template) string {
	last := name[strings.LastIndexByte(name, '-')+1:]
	grows := strings.Trim(last, "0123456789") == "" || slices.Contains([]string{"flows", "watch", "queries"}, last)
	kinds := map[string]int{}
	var kept []string
	for id, r := range tpl.Resources {
		kinds[r.Type]++
		if strings.HasPrefix(r.DeletionPolicy, "Retain") || r.Type == "AWS::ApiGatewayV2::Api" { // an API made anew has another address
			kept = append(kept, fmt.Sprintf("keeps %s %s\n", r.Type, id))
		}
	}
	lines := make([]string, 0, len(kinds))
	for kind, n := range kinds {
		if grows {
			lines = append(lines, kind+"\n")
		} else {
			lines = append(lines, fmt.Sprintf("%s × %d\n", kind, n))
		}
	}
	sort.Strings(lines)
	sort.Strings(kept)
	return strings.Join(slices.Concat(lines, kept), "")
}
