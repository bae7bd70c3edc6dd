package catalog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/op"
	"backoffice/internal/platform"
)

// roles are the columns of the matrix; what everyone may do concerns one's own records only.
var roles = append(platform.BuiltInRoles(), platform.RoleEveryone)

// The role × operation matrix is what a human has read and agreed to. No program writes it: a new operation or a changed role
// turns this test red until its line has been put into testdata/permissions.golden by hand.
func TestPermissionsAreAsAgreed(t *testing.T) {
	lines := []string{row("# operation", roles)}
	for _, o := range catalog.Operations() {
		if spec := o.Describe(); spec.HTTP() {
			lines = append(lines, row(spec.ID, cells(spec)))
		}
	}
	agree(t, "permissions.golden", lines)
}

func cells(spec *op.Spec) []string {
	var out []string
	for _, role := range roles {
		switch {
		case spec.Public != "":
			out = append(out, "public")
		case !platform.RoleAllows(role, spec.Right()):
			out = append(out, "-")
		case role == platform.RoleEveryone:
			out = append(out, "own")
		default:
			out = append(out, "yes")
		}
	}
	return out
}

func row(first string, rest []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-40s", first)
	for _, cell := range rest {
		fmt.Fprintf(&b, " %-13s", cell)
	}
	return strings.TrimRight(b.String(), " ")
}

// The exemptions from the conformance walk, and every other reason that frees an operation from a rule of the house, are what
// a human has read and agreed to. No program writes them.
func TestExemptionsAreAsAgreed(t *testing.T) {
	var lines []string
	for _, o := range catalog.Operations() {
		spec := o.Describe()
		for _, e := range spec.Exempt {
			lines = append(lines, fmt.Sprintf("%s: exempt from %s: %s", spec.ID, e.Rule, e.Because))
		}
		if spec.InMaintenance != "" {
			lines = append(lines, fmt.Sprintf("%s: goes on in maintenance: %s", spec.ID, spec.InMaintenance))
		}
		if spec.Public != "" {
			lines = append(lines, fmt.Sprintf("%s: needs no token: %s", spec.ID, spec.Public))
		}
		if spec.NoRecord != "" {
			lines = append(lines, fmt.Sprintf("%s: leaves no act: %s", spec.ID, spec.NoRecord))
		}
		if spec.OnPremise != "" {
			lines = append(lines, fmt.Sprintf("%s: is not in the cloud: %s", spec.ID, spec.OnPremise))
		}
		if spec.Heavy != "" {
			lines = append(lines, fmt.Sprintf("%s: carries large libraries: %s", spec.ID, spec.Heavy))
		}
		for _, a := range spec.Access {
			if a.AllTenants != "" {
				lines = append(lines, fmt.Sprintf("%s: reaches every tenant in %s: %s", spec.ID, a.Table, a.AllTenants))
			}
		}
	}
	agree(t, "exempt.golden", lines)
}

// agree compares with a golden file and prints the difference, line by line. It has no way to write the file.
func agree(t *testing.T, name string, got []string) {
	t.Helper()
	slices.Sort(got)
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	if !slices.IsSorted(want) {
		t.Errorf("testdata/%s is not sorted", name)
	}
	report(t, "take these lines out of testdata/"+name, want, got)
	report(t, "put these lines into testdata/"+name+", if they are meant", got, want)
}

// report names the lines that one list has and the other lacks.
func report(t *testing.T, what string, has, lacks []string) {
	t.Helper()
	var out []string
	for _, line := range has {
		if line != "" && !slices.Contains(lacks, line) {
			out = append(out, line)
		}
	}
	if len(out) > 0 {
		t.Errorf("%s:\n%s", what, strings.Join(out, "\n"))
	}
}
