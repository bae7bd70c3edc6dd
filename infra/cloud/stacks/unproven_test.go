package stacks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the deploy proof leaves out is told in its document, with the reason that the template gives; and nothing else is.
func TestStacksLeftOutOfTheProofAreToldOf(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(moduleRoot, "docs/deploy-proof.md"))
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `-([a-z-]+)` \\| (.*) \\|$").FindAllStringSubmatch(string(raw), -1) {
		told[m[1]] = m[2]
	}
	found := 0
	for name, tpl := range templates(t) {
		var template struct{ Metadata struct{ Unproven string } }
		if err := json.Unmarshal([]byte(tpl.Raw), &template); err != nil {
			t.Fatal(err)
		}
		suffix := strings.TrimPrefix(name, "backoffice-test-")
		if why := template.Metadata.Unproven; why != told[suffix] {
			t.Errorf("%s: the template says %q, the document %q", name, why, told[suffix])
		} else if why != "" {
			found++
		}
	}
	if found != len(told) || found == 0 {
		t.Errorf("the document tells of %d stacks, %d of them are left out", len(told), found)
	}
}
