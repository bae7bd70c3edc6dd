package archtest

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"backoffice/internal/catalog"
)

var codeForm = regexp.MustCompile(`^[A-Z]{2,4}(-[A-Z]{2,4})?-[0-9]{3}$`)

// rule is a rule as a package declares it.
type rule struct {
	name string
	code string
	at   string
}

// Every rule that a package declares stands in its Rules, so that its page exists and the walk knows its code.
func TestEveryRuleIsListed(t *testing.T) {
	declared, listed := map[string][]rule{}, map[string]map[string]bool{}
	for _, s := range sources(t) {
		if s.test || !within(s.dir, "internal") {
			continue
		}
		declared[s.dir] = append(declared[s.dir], rulesOf(s)...)
		if names := listOf(s.file); names != nil {
			listed[s.dir] = names
		}
	}
	total := 0
	for dir, rules := range declared {
		for _, r := range rules {
			total++
			if dir != "internal/fault" && !listed[dir][r.name] {
				t.Errorf("%s: %s (%s) is missing in the package's Rules()", r.at, r.name, r.code)
			}
		}
	}
	if total == 0 {
		t.Fatal("no rule was found")
	}
}

// Codes are permanent: well-formed, one rule each, and all in the catalogue.
func TestRuleCodesAreUniqueAndKnown(t *testing.T) {
	known := map[string]bool{}
	for _, r := range catalog.Rules() {
		if known[r.Code] {
			t.Errorf("%s stands twice in the catalogue's rules", r.Code)
		}
		known[r.Code] = true
		if strings.TrimSpace(r.Text) == "" || strings.TrimSpace(r.Help) == "" || r.Kind == "" {
			t.Errorf("%s lacks its kind, its sentence or its help", r.Code)
		}
	}
	first := map[string]string{}
	for _, s := range sources(t) {
		if s.test || !within(s.dir, "internal") {
			continue
		}
		for _, r := range rulesOf(s) {
			if !codeForm.MatchString(r.code) {
				t.Errorf("%s: %q is no code of the form FIN-JRN-004", r.at, r.code)
			}
			if other, twice := first[r.code]; twice {
				t.Errorf("%s: %s is the code of %s, too", r.at, r.code, other)
			}
			first[r.code] = r.at
			if !known[r.code] {
				t.Errorf("%s: %s is missing in the catalogue's rules", r.at, r.code)
			}
		}
	}
}

// rulesOf finds the package variables of a file that are literals of fault.Rule.
func rulesOf(s source) []rule {
	var out []rule
	for _, d := range s.file.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok || len(v.Names) != len(v.Values) {
				continue
			}
			for i, value := range v.Values {
				if code, ok := codeOf(value); ok {
					out = append(out, rule{name: v.Names[i].Name, code: code, at: s.path + ":" + strconv.Itoa(fset.Position(value.Pos()).Line)})
				}
			}
		}
	}
	return out
}

func codeOf(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.CompositeLit)
	if !ok || !isRuleType(lit.Type) {
		return "", false
	}
	for _, el := range lit.Elts {
		kv, ok := el.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := kv.Key.(*ast.Ident); !ok || key.Name != "Code" {
			continue
		}
		if text, ok := kv.Value.(*ast.BasicLit); ok {
			if code, err := strconv.Unquote(text.Value); err == nil {
				return code, true
			}
		}
	}
	return "", true
}

func isRuleType(e ast.Expr) bool {
	switch t := e.(type) {
	case *ast.SelectorExpr:
		pkg, ok := t.X.(*ast.Ident)
		return ok && pkg.Name == "fault" && t.Sel.Name == "Rule"
	case *ast.Ident:
		return t.Name == "Rule"
	}
	return false
}

// listOf gives the names that a file's func Rules() mentions, nil when it has none.
func listOf(f *ast.File) map[string]bool {
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Name.Name != "Rules" || fn.Body == nil {
			continue
		}
		names := map[string]bool{}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				names[id.Name] = true
			}
			return true
		})
		return names
	}
	return nil
}
