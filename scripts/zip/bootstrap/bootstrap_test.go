package bootstrap_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
	"backoffice/scripts/zip/bootstrap"
)

const moduleRoot = "../../.."

// siblings picks two operations of one domain, the second of which stands in a file with no other function: one that shares a
// helper with others moves it, and so their line numbers, when it is edited.
func siblings(t *testing.T) (kept, edited *op.Spec, file string) {
	t.Helper()
	for _, d := range catalog.Domains() {
		kept = nil
		for _, o := range d.Operations {
			s := o.Describe()
			path := filepath.Join(moduleRoot, "internal", s.Domain(), strings.ReplaceAll(s.Name(), "-", "_")+".go")
			raw, err := os.ReadFile(path)
			switch {
			case err != nil || !s.Deployed():
			case kept == nil:
				kept = s
			case bytes.Count(raw, []byte("\nfunc ")) == 1 && bytes.Contains(raw, []byte("\nfunc "+handlerOf(s.Name())+"(")):
				return kept, s, path
			}
		}
	}
	t.Fatal("no domain has two operations in files of their own")
	return nil, nil, ""
}

// handlerOf gives the conventional name of an operation's handler.
func handlerOf(name string) string {
	first, rest, _ := strings.Cut(name, "-")
	out := first
	for word := range strings.SplitSeq(rest, "-") {
		if word != "" {
			out += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return out
}

// editedCopy makes an overlay in which the file's handler does something more and its spec says something else.
func editedCopy(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	handler := regexp.MustCompile(`(?m)^func [a-z]\w*\(.*\{$`)
	if !handler.Match(raw) || !bytes.Contains(raw, []byte("Summary:")) {
		t.Fatalf("%s has no unexported handler or no summary", file)
	}
	done := false
	changed := handler.ReplaceAllFunc(raw, func(line []byte) []byte {
		if done {
			return line
		}
		done = true
		return slices.Concat(line, []byte("\n\tprintln(\"a sibling was edited\")"))
	})
	changed = regexp.MustCompile(`Summary:(\s+)"`).ReplaceAll(changed, []byte(`Summary:$1"Edited: `))
	copyAt := filepath.Join(t.TempDir(), "edited.go")
	if err := os.WriteFile(copyAt, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {abs: copyAt}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(path, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func build(t *testing.T, overlay string, specs ...*op.Spec) map[string][]byte {
	t.Helper()
	dir := t.TempDir()
	out := map[string][]byte{}
	for _, s := range specs {
		o := bootstrap.Options{Root: moduleRoot, Arch: bootstrap.ReleaseArch, Release: true, Overlay: overlay}
		if err := bootstrap.Build(t.Context(), o, dir, "./functions/"+s.Domain()+"/"+s.Name()); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, s.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[s.ID] = raw
	}
	return out
}

// Editing one operation must leave the binaries of its siblings as they were, so that a deploy changes only what changed.
func TestEditingAnOperationLeavesItsSiblingsBinaryUnchanged(t *testing.T) {
	if testing.Short() {
		t.Skip("links four functions")
	}
	kept, edited, file := siblings(t)
	t.Logf("editing %s beside %s", edited.ID, kept.ID)
	before := build(t, "", kept, edited)
	after := build(t, editedCopy(t, file), kept, edited)
	if bytes.Equal(before[edited.ID], after[edited.ID]) {
		t.Errorf("the edit of %s did not reach its own binary: the test shows nothing", edited.ID)
	}
	if !bytes.Equal(before[kept.ID], after[kept.ID]) {
		t.Errorf("editing %s changed the binary of %s", edited.ID, kept.ID)
	}
}

func TestZipHoldsOneExecutableBootstrapAndIsReproducible(t *testing.T) {
	root := t.TempDir()
	write(t, root, "functions/box/open/main.go", "package main\n\nfunc main() { println(\"open\") }\n")
	write(t, root, "infra/cloud/trigger/claims/main.go", "package main\n\nfunc main() {}\n")
	write(t, root, "go.mod", "module sample\n\ngo 1.26\n")
	write(t, root, "build/functions/arm64/box/gone.zip", "stale")
	o := bootstrap.Options{Root: root, Arch: bootstrap.ReleaseArch, Release: true}
	first := pack(t, o)
	if err := os.RemoveAll(filepath.Join(root, "build")); err != nil {
		t.Fatal(err)
	}
	if second := pack(t, o); !bytes.Equal(first, second) {
		t.Error("the same input gave another zip")
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != 1 || z.File[0].Name != "bootstrap" || z.File[0].Mode() != 0o755 {
		t.Errorf("the zip holds %+v", z.File)
	}
	if _, err := os.Stat(filepath.Join(root, "build/functions/arm64/box/gone.zip")); err == nil {
		t.Error("the zip of a removed function is still there")
	}
}

func pack(t *testing.T, o bootstrap.Options) []byte {
	t.Helper()
	done, err := bootstrap.PackAll(t.Context(), o)
	if err != nil || len(done) != 2 {
		t.Fatalf("packed %v, %v", done, err)
	}
	f, err := os.Open(filepath.Join(o.Root, bootstrap.File(o.Arch, "box", "open")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
