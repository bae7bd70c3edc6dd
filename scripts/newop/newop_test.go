package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const moduleRoot = "../.."

// What is scaffolded compiles with the domain, stands in its list, and passes its own test, for every kind.
func TestScaffoldedOperationsCompileAndPass(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a domain's tests")
	}
	dir := t.TempDir()
	replace := map[string]string{}
	tests := []string{}
	for _, o := range []options{
		{Name: "stamp-widget", Kind: "command"}, {Name: "count-widgets", Kind: "query"}, {Name: "press-widget-query", Kind: "task"},
		{Name: "note-widget", Kind: "subscriber", On: "finance.journal.posted.v1"}, {Name: "dust-widgets", Kind: "job"},
	} {
		o.Domain = "finance"
		files, err := scaffold(moduleRoot, o)
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range files {
			abs, err := filepath.Abs(filepath.Join(moduleRoot, name))
			if err != nil {
				t.Fatal(err)
			}
			replace[abs] = filepath.Join(dir, filepath.Base(name))
			if err := os.WriteFile(replace[abs], content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		tests = append(tests, "Test"+dataOf(o).Value)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "-overlay", file, "-run", "^("+strings.Join(tests, "|")+")$", "./internal/finance")
	cmd.Dir = moduleRoot
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, name := range tests {
		if !strings.Contains(string(said), "--- PASS: "+name) {
			t.Errorf("%s did not run:\n%s", name, said)
		}
	}
}

func TestTheListGrowsByItsLine(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "internal", "box")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	list := "package box\n\n// Operations lists.\nfunc Operations() []op.Operation {\n\treturn []op.Operation{\n\t\t&OpenBox, Kinds.Create(),\n\t}\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "operations.go"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := scaffold(root, options{Domain: "box", Name: "close-box", Kind: "command"})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(list, "Kinds.Create(),\n", "Kinds.Create(),\n\t\t&CloseBox,\n", 1)
	if got := string(files["internal/box/operations.go"]); got != want {
		t.Errorf("the list is\n%s", got)
	}
	if text := string(files["internal/box/close_box.go"]); !strings.Contains(text, `Route: "POST /box/v1/boxes/close"`) {
		t.Errorf("the operation is\n%s", text)
	}
}

func TestBadRequestsAreNamed(t *testing.T) {
	for want, o := range map[string]options{
		"verb-noun":                {Domain: "finance", Name: "Widget", Kind: "command"},
		`-kind "thing"`:            {Domain: "finance", Name: "open-box", Kind: "thing"},
		`-domain "nowhere"`:        {Domain: "nowhere", Name: "open-box", Kind: "command"},
		"create_entity.go exists":  {Domain: "finance", Name: "create-entity", Kind: "command"},
		"only a subscriber":        {Domain: "finance", Name: "open-box", Kind: "command", On: "x"},
		"a subscriber, and only a": {Domain: "finance", Name: "open-box", Kind: "subscriber"},
	} {
		if _, err := scaffold(moduleRoot, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want %q", o, err, want)
		}
	}
}
