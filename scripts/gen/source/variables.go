// Package source reads what the catalogue's values cannot tell: under which name of its package each operation is declared.
package source

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"strconv"
	"strings"
)

// Package is a domain's parsed source.
type Package struct {
	Name string
	vars map[string]ast.Expr // package variable -> its initial value
	list []ast.Expr          // what Operations returns; nil when that is no plain list
	flat bool
}

// Parse reads the Go files of a folder, without its tests.
func Parse(dir string) (*Package, error) {
	notTest := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	parsed, err := parser.ParseDir(token.NewFileSet(), dir, notTest, parser.SkipObjectResolution) //nolint:staticcheck // SA1019: one folder, no build constraints
	if err != nil {
		return nil, err
	}
	if len(parsed) != 1 {
		return nil, fmt.Errorf("%s holds %d packages", dir, len(parsed))
	}
	p := &Package{vars: map[string]ast.Expr{}}
	for name, pkg := range parsed {
		p.Name = name
		for _, file := range pkg.Files {
			p.add(file)
		}
	}
	return p, nil
}

func (p *Package) add(file *ast.File) {
	for _, d := range file.Decls {
		switch decl := d.(type) {
		case *ast.GenDecl:
			p.addVars(decl)
		case *ast.FuncDecl:
			if decl.Name.Name == "Operations" && decl.Recv == nil {
				p.addList(decl)
			}
		}
	}
}

func (p *Package) addVars(decl *ast.GenDecl) {
	if decl.Tok != token.VAR {
		return
	}
	for _, s := range decl.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok || len(v.Names) != len(v.Values) {
			continue
		}
		for i, n := range v.Names {
			p.vars[n.Name] = v.Values[i]
		}
	}
}

// addList takes the elements of every list in Operations. The list is flat when it is all that the function returns.
func (p *Package) addList(f *ast.FuncDecl) {
	for _, s := range f.Body.List {
		if r, ok := s.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
			_, literal := r.Results[0].(*ast.CompositeLit)
			p.flat = literal && len(f.Body.List) == 1
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if list, ok := n.(*ast.CompositeLit); ok {
			p.list = append(p.list, list.Elts...)
			return false
		}
		return true
	})
}

// Expressions gives, for each operation id in the order of Operations, the expression that names its value from outside the
// package, a pointer. It fails naming the operation that has none.
func (p *Package) Expressions(ids []string) (map[string]string, error) {
	out := map[string]string{}
	for i, e := range p.list {
		text, root, ok := p.outside(e)
		if !ok {
			continue
		}
		switch id := idIn(p.vars[root]); {
		case id != "":
			out[id] = text
		case p.flat && len(p.list) == len(ids):
			out[ids[i]] = text
		}
	}
	for _, id := range ids {
		if out[id] != "" {
			continue
		}
		name := Exported(id)
		if _, declared := p.vars[name]; !declared {
			return nil, fmt.Errorf("operation %s: no variable of package %s holds it; declare it as %s and list it in Operations", id, p.Name, name)
		}
		out[id] = "&" + p.Name + "." + name
	}
	return out, nil
}

// outside renders an element of the list as another package writes it: &X, X, X.Y, &X.Y or X.Y(), with the package's name before.
func (p *Package) outside(e ast.Expr) (text, root string, ok bool) {
	prefix := ""
	if u, is := e.(*ast.UnaryExpr); is && u.Op == token.AND {
		prefix, e = "&", u.X
	}
	base := e
	if call, is := base.(*ast.CallExpr); is && len(call.Args) == 0 {
		base = call.Fun
	}
	for {
		s, is := base.(*ast.SelectorExpr)
		if !is {
			break
		}
		base = s.X
	}
	ident, is := base.(*ast.Ident)
	if !is || !ident.IsExported() {
		return "", "", false
	}
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), e); err != nil {
		return "", "", false
	}
	return prefix + p.Name + "." + b.String(), ident.Name, true
}

// idIn finds the literal ID in a variable's initial value.
func idIn(e ast.Expr) string {
	id := ""
	if e == nil {
		return ""
	}
	ast.Inspect(e, func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok || id != "" {
			return id == ""
		}
		key, isKey := kv.Key.(*ast.Ident)
		value, isText := kv.Value.(*ast.BasicLit)
		if isKey && isText && key.Name == "ID" && value.Kind == token.STRING {
			if text, err := strconv.Unquote(value.Value); err == nil && strings.Contains(text, ".") {
				id = text
			}
		}
		return true
	})
	return id
}

// Exported gives the conventional variable of an operation: finance.post-journal is PostJournal.
func Exported(id string) string {
	_, name, ok := strings.Cut(id, ".")
	if !ok {
		name = id
	}
	var b strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
