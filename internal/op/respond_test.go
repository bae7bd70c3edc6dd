package op

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestSafeCell(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "Rent": "Rent", "12.50": "12.50", "-12.50": "-12.50", "+1": "+1", "2026-04-30": "2026-04-30",
		"=1+1": "'=1+1", "+1+cmd": "'+1+cmd", "-2+3": "'-2+3", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1",
	} {
		if got := SafeCell(cell); got != want {
			t.Errorf("%q became %q, want %q", cell, got, want)
		}
	}
}

// A caller that has the version learns that nothing has changed, in each form in which clients and caches say what they have.
func TestIfNoneMatch(t *testing.T) {
	for header, want := range map[string]bool{"": false, `"v2"`: true, `W/"v2"`: true, `"v1", "v2"`: true, `W/"v1",W/"v2"`: true, "*": true, `"v1"`: false,
		`"v22"`: false, "v2": false} {
		if got := names(header, `"v2"`); got != want {
			t.Errorf("%s: %t", header, got)
		}
	}
}

// No cell begins like a formula unless it is a plain number, and nothing is lost.
func FuzzSafeCell(f *testing.F) {
	for _, seed := range []string{"=1", "-1", "-1-1", "+", "@", "\t", "x", "-0x1p-2", "-Inf", "1e9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		got := SafeCell(cell)
		if strings.TrimPrefix(got, "'") != strings.TrimPrefix(cell, "'") {
			t.Fatalf("%q became %q", cell, got)
		}
		if got == "" || !strings.ContainsRune("=+-@\t\r\n", rune(got[0])) {
			return
		}
		if _, err := strconv.ParseFloat(got, 64); err != nil {
			t.Fatalf("%q is left to run as a formula", got)
		}
	})
}

// A function is granted everything that its operation, its contributions and the pipeline do, one row for each table.
func TestAllAccessIsTheUnion(t *testing.T) {
	posting := &Contribution{Name: "posting", Access: []Access{{Table: "finance", Do: Get | Put, Indexes: "gsi1"}, {Table: "stock", Do: Update}}}
	spec := Spec{ID: "buying.receive-goods", Kind: Command, Permission: "receipts.create", Access: []Access{{Table: "buying", Do: Get | Put}, {Table: "stock", Do: Get, Indexes: "pending"}},
		Uses: []*Contribution{posting}}
	rows := spec.AllAccess()
	for _, want := range []Access{{Table: "finance", Do: Get | Put, Indexes: "gsi1"}, {Table: "stock", Do: Get | Update, Indexes: "pending"}, {Table: "buying", Do: Get | Put}} {
		i := slices.IndexFunc(rows, func(a Access) bool { return a.Table == want.Table })
		if i < 0 || rows[i].Do&want.Do != want.Do || want.Indexes != "" && !rows[i].HasIndex(want.Indexes) {
			t.Errorf("no %+v in %+v", want, rows)
		}
	}
	seen := map[string]bool{}
	for _, a := range rows {
		if seen[a.Table] {
			t.Errorf("two rows for %s", a.Table)
		}
		seen[a.Table] = true
	}
	if !seen["platform"] {
		t.Error("the caller's grants cannot be read")
	}
}
