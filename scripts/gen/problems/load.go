package problems

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is how the paths of our own packages begin: these are read as source, all others as the compiler left them.
const module = "backoffice/"

// listed is a package as the go command lists it.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// program is the type-checked source of everything that the catalogue is made of.
type program struct {
	fset     *token.FileSet
	info     *types.Info
	packages map[string]*types.Package
	files    []*ast.File
	named    []*types.Named // every type of ours that is no interface
}

// load reads the catalogue's packages and all of ours that they are made of.
func load(root string) (*program, error) {
	list, err := list(root)
	if err != nil {
		return nil, err
	}
	p := &program{fset: token.NewFileSet(), packages: map[string]*types.Package{},
		info: &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}}
	exports := map[string]string{}
	for _, l := range list {
		exports[l.ImportPath] = l.Export
	}
	others := importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	})
	for _, l := range list { // what a package imports stands before it
		if strings.HasPrefix(l.ImportPath, module) {
			if err := p.check(l, others); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

func list(root string) ([]listed, error) {
	cmd := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles", "./internal/catalog") //nolint:noctx // it ends with the generator
	cmd.Dir = root
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("list the catalogue's packages: %w\n%s", err, said.String())
	}
	var all []listed
	for d := json.NewDecoder(&out); ; {
		var l listed
		err := d.Decode(&l)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
}

func (p *program) check(l listed, others types.Importer) error {
	var files []*ast.File
	for _, name := range l.GoFiles {
		f, err := parser.ParseFile(p.fset, filepath.Join(l.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	c := types.Config{Importer: ours{p.packages, others}}
	pkg, err := c.Check(l.ImportPath, p.fset, files, p.info)
	if err != nil {
		return err
	}
	p.packages[l.ImportPath] = pkg
	p.files = append(p.files, files...)
	for _, name := range pkg.Scope().Names() {
		if t, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok {
			if n, ok := t.Type().(*types.Named); ok && !types.IsInterface(n) && n.TypeParams().Len() == 0 {
				p.named = append(p.named, n)
			}
		}
	}
	return nil
}

// ours imports packages that were checked before, and others from what the compiler left.
type ours struct {
	checked map[string]*types.Package
	others  types.Importer
}

// Import gives a package by its path.
func (o ours) Import(path string) (*types.Package, error) {
	if p := o.checked[path]; p != nil {
		return p, nil
	}
	return o.others.Import(path)
}
