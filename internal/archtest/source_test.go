// Package archtest holds the sources against the rules of the house: who may import what, what every package must list, and
// what may stand nowhere. It reads files and needs no compiled package but the catalogue.
package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	module = "backoffice"
	// filesMin is fewer than the repository ever had: a walk that finds less has gone wrong.
	filesMin = 50
)

// source is one Go file of the repository.
type source struct {
	path    string // from the root of the repository, with slashes
	dir     string // its package's folder
	test    bool
	made    bool // generated
	file    *ast.File
	lines   int
	imports []string
}

var roots = []string{"docs", "functions", "infra", "internal", "scripts"}

var (
	fset  = token.NewFileSet()
	files = sync.OnceValues(readAll)
)

// sources gives every Go file of the system.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := files()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < filesMin {
		t.Fatalf("only %d files found: the walk is wrong", len(all))
	}
	return all
}

func readAll() ([]source, error) {
	var out []source
	base := filepath.Join("..", "..")
	for _, root := range roots {
		err := filepath.WalkDir(filepath.Join(base, root), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules"):
				return filepath.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go"):
				return nil
			}
			s, err := read(base, path)
			out = append(out, s)
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
	}
	return out, nil
}

func read(base, path string) (source, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return source{}, err
	}
	file, err := parser.ParseFile(fset, path, raw, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	rel, err := filepath.Rel(base, path)
	if err != nil {
		return source{}, err
	}
	rel = filepath.ToSlash(rel)
	s := source{path: rel, dir: rel[:strings.LastIndex(rel, "/")], test: strings.HasSuffix(rel, "_test.go"), made: ast.IsGenerated(file), file: file,
		lines: strings.Count(string(raw), "\n")}
	for _, i := range file.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.imports = append(s.imports, name)
	}
	return s, nil
}

// ours gives the path of an import inside the repository, "" for any other.
func ours(name string) string {
	if rest, ok := strings.CutPrefix(name, module+"/"); ok {
		return rest
	}
	return ""
}

// standard tells whether an import is of the standard library: its first element has no dot.
func standard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return !strings.Contains(first, ".") && first != module
}

// within tells whether a folder is another or lies below it.
func within(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }
