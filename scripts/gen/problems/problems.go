// Package problems finds out by which rules an operation may refuse: it reads the source from the operation's value to its
// handler, to what that calls, and so on, and gathers the rules that are named on the way. What it finds may be more than can
// happen (a branch that this operation never takes), and is held against what the conformance walk sees happen.
package problems

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
	"backoffice/scripts/gen/source"
)

const (
	rulePackage = module + "internal/fault"
	ruleType    = "Rule"
	// validates is the method by which an input checks itself. It is called through an interface that every input implements;
	// which one it is, the operation's types tell.
	validates = "Validate"
)

// graph says which of our functions and variables name which others.
type graph struct {
	*program
	names map[types.Object][]types.Object
	codes map[types.Object]string // of the rules
	doing map[*types.Func][]types.Object
}

// Of lists, for each operation that is called over HTTPS, the codes of the rules that its own code may refuse by, sorted.
// Those of the pipeline around it follow from its spec and stand in Common.
func Of(root string, domains []catalog.Domain) (map[string][]string, error) {
	p, err := load(root)
	if err != nil {
		return nil, err
	}
	g := &graph{program: p, names: map[types.Object][]types.Object{}, codes: map[types.Object]string{}, doing: map[*types.Func][]types.Object{}}
	for _, f := range p.files {
		g.addFile(f)
	}
	out := map[string][]string{}
	for _, d := range domains {
		path := module + "internal/" + d.Name
		values, err := expressions(root, d)
		if err != nil {
			return nil, err
		}
		for _, o := range d.Operations {
			if spec := o.Describe(); spec.HTTP() {
				out[spec.ID] = g.reached(g.roots(p.packages[path], values[spec.ID], spec))
			}
		}
	}
	return out, nil
}

func expressions(root string, d catalog.Domain) (map[string]string, error) {
	pkg, err := source.Parse(root + "/internal/" + d.Name)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(d.Operations))
	for _, o := range d.Operations {
		ids = append(ids, o.Describe().ID)
	}
	return pkg.Expressions(ids)
}

func (g *graph) addFile(f *ast.File) {
	for _, d := range f.Decls {
		switch decl := d.(type) {
		case *ast.FuncDecl:
			if decl.Body != nil {
				g.add(g.info.Defs[decl.Name], decl.Body)
			}
		case *ast.GenDecl:
			if decl.Tok != token.VAR {
				continue
			}
			for _, s := range decl.Specs {
				g.addVar(s.(*ast.ValueSpec))
			}
		}
	}
}

func (g *graph) addVar(v *ast.ValueSpec) {
	for i, name := range v.Names {
		if i >= len(v.Values) {
			return
		}
		obj := g.info.Defs[name]
		g.add(obj, v.Values[i])
		if n, ok := obj.Type().(*types.Named); ok && n.Obj().Name() == ruleType && n.Obj().Pkg().Path() == rulePackage {
			g.codes[obj] = codeIn(v.Values[i])
		}
	}
}

var codeForm = regexp.MustCompile(`^"[A-Z]{3}(-[A-Z]{3})?-[0-9]{3}"$`)

// codeIn reads the permanent code out of a rule's literal.
func codeIn(e ast.Expr) string {
	code := ""
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && code == "" && codeForm.MatchString(lit.Value) {
			code = strings.Trim(lit.Value, `"`)
		}
		return code == ""
	})
	return code
}

// add notes what a piece of source names: functions, methods, and variables of packages.
func (g *graph) add(from types.Object, node ast.Node) {
	ast.Inspect(node, func(n ast.Node) bool {
		ident, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch used := g.info.Uses[ident].(type) {
		case *types.Func:
			if used.Pkg() != nil && strings.HasPrefix(used.Pkg().Path(), module) {
				g.names[from] = append(g.names[from], used.Origin())
			}
		case *types.Var:
			if used.Pkg() != nil && used.Parent() == used.Pkg().Scope() {
				g.names[from] = append(g.names[from], used)
			}
		}
		return true
	})
}

var rootForm = regexp.MustCompile(`^&?[a-z]+\.([A-Za-z0-9]+)(?:\.([A-Za-z0-9]+))?`)

// roots are where an operation's code begins: its value, the method that makes it, and the checks of its input. A query that
// a kind of record makes does not run what the kind says about writing.
func (g *graph) roots(pkg *types.Package, expression string, spec *op.Spec) []types.Object {
	m := rootForm.FindStringSubmatch(expression)
	if m == nil {
		return nil
	}
	value := pkg.Scope().Lookup(m[1])
	roots := []types.Object{value}
	t := value.Type()
	if m[2] != "" {
		member, _, _ := types.LookupFieldOrMethod(t, true, pkg, m[2])
		if f, ok := member.(*types.Func); ok {
			if roots = append(roots, f.Origin()); spec.Kind == op.Query {
				roots = roots[1:]
			}
			t = f.Signature().Results().At(0).Type()
		}
	}
	g.checks(t, &roots, map[types.Type]bool{})
	return roots
}

// checks adds the Validate methods of every type that a type is made of.
func (g *graph) checks(t types.Type, roots *[]types.Object, seen map[types.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Pointer:
		g.checks(t.Elem(), roots, seen)
	case *types.Slice:
		g.checks(t.Elem(), roots, seen)
	case *types.Named:
		if t.Obj().Pkg() == nil || !strings.HasPrefix(t.Obj().Pkg().Path(), module) || t.Obj().Name() == "Ports" {
			return
		}
		if m, _, _ := types.LookupFieldOrMethod(t, true, t.Obj().Pkg(), validates); m != nil {
			if f, ok := m.(*types.Func); ok {
				*roots = append(*roots, f.Origin())
			}
		}
		for i := range t.TypeArgs().Len() {
			g.checks(t.TypeArgs().At(i), roots, seen)
		}
		if s, ok := t.Underlying().(*types.Struct); ok {
			for i := range s.NumFields() {
				g.checks(s.Field(i).Type(), roots, seen)
			}
		}
	}
}

// reached lists the codes of all rules that are named from some beginnings on.
func (g *graph) reached(roots []types.Object) []string {
	var codes []string
	seen := map[types.Object]bool{}
	for len(roots) > 0 {
		at := roots[len(roots)-1]
		roots = roots[:len(roots)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		if code := g.codes[at]; code != "" {
			codes = append(codes, code)
		}
		roots = append(roots, g.names[at]...)
		if f, ok := at.(*types.Func); ok {
			roots = append(roots, g.behind(f)...)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// behind gives the methods that may stand behind one of an interface.
func (g *graph) behind(f *types.Func) []types.Object {
	recv := f.Signature().Recv()
	if recv == nil || !types.IsInterface(recv.Type()) || f.Name() == validates {
		return nil
	}
	if found, done := g.doing[f]; done {
		return found
	}
	var out []types.Object
	want := recv.Type().Underlying().(*types.Interface)
	for _, n := range g.named {
		ptr := types.NewPointer(n)
		if !types.Implements(ptr, want) {
			continue
		}
		if m, _, _ := types.LookupFieldOrMethod(ptr, true, f.Pkg(), f.Name()); m != nil {
			if method, ok := m.(*types.Func); ok {
				out = append(out, method.Origin())
			}
		}
	}
	g.doing[f] = out
	return out
}
