package archtest

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Nothing happens before main: no package has an init.
func TestNothingHappensBeforeMain(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init()", s.path)
			}
		}
	}
}

const linesMax = 500

// No file is so long that a newcomer would not find a thing in it.
func TestNoFileIsEndless(t *testing.T) {
	for _, s := range sources(t) {
		if s.lines > linesMax && !s.made {
			t.Errorf("%s has %d lines, more than %d", s.path, s.lines, linesMax)
		}
	}
}

var unfinished = regexp.MustCompile(`\b(TODO|FIXME|XXX)\b`)

// What is committed is finished, or its note stands in an issue.
func TestNothingIsMarkedUnfinished(t *testing.T) {
	for _, s := range sources(t) {
		for _, group := range s.file.Comments {
			if s.dir != "internal/archtest" && unfinished.MatchString(group.Text()) {
				t.Errorf("%s:%d is marked as unfinished", s.path, fset.Position(group.Pos()).Line)
			}
		}
	}
}

// Every test sleeps for nothing: waiting is for a condition, never for a time.
func TestNoTestSleeps(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Sleep" {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" {
					t.Errorf("%s:%d sleeps", s.path, fset.Position(n.Pos()).Line)
				}
			}
			return true
		})
	}
}

// The sizes that the house aims at are printed and not enforced: `go test -v -run Sizes ./internal/archtest`.
func TestSizes(t *testing.T) {
	var fileLines, funcLines, testLines, codeLines, commentLines []int
	for _, s := range sources(t) {
		if s.made {
			continue
		}
		if s.test {
			testLines = append(testLines, s.lines)
			continue
		}
		fileLines, codeLines = append(fileLines, s.lines), append(codeLines, s.lines)
		commentLines = append(commentLines, comments(s.file))
		for _, d := range s.file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				funcLines = append(funcLines, fset.Position(fn.End()).Line-fset.Position(fn.Pos()).Line+1)
			}
		}
	}
	t.Logf("files: %d, lines median %d, p90 %d (aim 250)", len(fileLines), quantile(fileLines, 50), quantile(fileLines, 90))
	t.Logf("functions: %d, lines median %d, p90 %d (aim 40)", len(funcLines), quantile(funcLines, 50), quantile(funcLines, 90))
	t.Logf("comments: %d %% of lines (aim 12 to 20)", 100*sum(commentLines)/sum(codeLines))
	t.Logf("tests: %d lines to %d of code", sum(testLines), sum(codeLines))
}

func comments(f *ast.File) int {
	n := 0
	for _, g := range f.Comments {
		n += len(strings.Split(strings.TrimRight(g.Text(), "\n"), "\n"))
	}
	return n
}

func quantile(of []int, percent int) int {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[(len(sorted)-1)*percent/100]
}

func sum(of []int) int {
	n := 0
	for _, v := range of {
		n += v
	}
	return n
}
