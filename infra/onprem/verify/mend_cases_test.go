package verify_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"backoffice/infra/onprem/verify"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/migration"
	"backoffice/internal/store"
)

// whole gives the books of a tenant with a journal as an instant that tests tear by hand.
func whole(t *testing.T) (*rehearsal.Tenant, instant) {
	t.Helper()
	s, tn := rehearsed(t)
	play(t, s, tn, "finance.record-journal")
	return tn, tablesNow(t, s.DB)
}

// without gives an instant that lacks the rows of a table that a function likes; there must be some.
func (in instant) without(t *testing.T, table string, like func(row) bool) instant {
	t.Helper()
	out := maps.Clone(in)
	out[table] = slices.DeleteFunc(slices.Clone(in[table]), like)
	if len(out[table]) == len(in[table]) {
		t.Fatal("there is no such row")
	}
	return out
}

// changed gives an instant with one row changed.
func (in instant) changed(t *testing.T, table string, like func(row) bool, change func(row) row) instant {
	t.Helper()
	r := find(t, in[table], like)
	out := in.without(t, table, func(o row) bool { return at(o, "pk") == at(r, "pk") && at(o, "sk") == at(r, "sk") })
	out[table] = append(out[table], change(maps.Clone(r)))
	return out
}

func recordJournal(r row) bool { return at(r, "op") == "finance.record-journal" }

// A settling transaction can be torn like the commit of an act: each way is mended, and then the books verify as they stand,
// where the projections were not torn with it.
func TestEachTearingIsMended(t *testing.T) {
	tn, books := whole(t)
	journal := kind("JRN")
	last := 0
	for _, r := range books["finance"] {
		if kind("CHAIN")(r) && at(r, "sk") != "HEAD" {
			last++
		}
	}
	if last < 2 {
		t.Fatal("the chain is too short to be torn")
	}
	isLast := func(r row) bool { return kind("CHAIN")(r) && at(r, "sk") == slices.Max(linksOf(books)) }
	behind := books.changed(t, "finance", func(r row) bool { return kind("CHAIN")(r) && at(r, "sk") == "HEAD" }, func(r row) row {
		before := find(t, books["finance"], func(o row) bool {
			return kind("CHAIN")(o) && at(o, "sk") == slices.Sorted(slices.Values(linksOf(books)))[last-2]
		})
		r["n"], r["h"] = before["n"], before["h"]
		return r
	})
	for name, c := range map[string]struct {
		torn instant
		want string // of what is said to have been done
	}{
		"a record is lacking": {books.without(t, "finance", journal), "copied; it was not there"},
		"an act is lacking, and its projections and the chain are there": {books.without(t, "finance", recordJournal), "brought back; the audit chain names it"},
		"a mark was left":           {books.changed(t, "finance", recordJournal, func(r row) row { return store.Marked(r, tn.ID, at(r, "id")) }), "waits no more"},
		"a link is lacking":         {books.without(t, "finance", isLast), "link brought back"},
		"the head was left behind":  {behind, "head moved on to link"},
		"link and head are lacking": {behind.without(t, "finance", isLast), "waits again; the audit chain does not name it"},
		"a counter was left behind": {books.changed(t, "finance", kind("NUM"), func(r row) row { r["n"] = number("0"); return r }), "counter moved on to 1"},
		"a counter is lacking":      {books.without(t, "finance", kind("NUM")), "counter moved on to 1"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			_, db := restored(t, all(c.torn, nil))
			_, from := restored(t, all(books, nil))
			m, err := verify.Mend(t.Context(), db, from, order())
			if err != nil || len(m.Left) > 0 || !slices.ContainsFunc(m.Done, func(d verify.Mended) bool { return strings.Contains(d.What, c.want) }) {
				t.Fatalf("%v, %v", m, err)
			}
			for _, d := range defects(t, db) {
				if !strings.Contains(d, "is pending") {
					t.Error("after mending:", d)
				}
			}
		})
	}
}

func linksOf(in instant) []string {
	var out []string
	for _, r := range in["finance"] {
		if kind("CHAIN")(r) && at(r, "sk") != "HEAD" {
			out = append(out, at(r, "sk"))
		}
	}
	return out
}

// What no act vouches for is not copied over: a forged record stays to be found, and a strange copy mends nothing.
func TestMendingRefuses(t *testing.T) {
	_, books := whole(t)
	_, from := restored(t, all(books, nil))
	forged := books.changed(t, "finance", kind("ENT"), set("n", "Another Ltd"))
	for name, c := range map[string]struct {
		torn, later instant
		want        string
	}{
		"a forged record":                      {forged, books, "no act of either copy wrote what stands there"},
		"a record that the later copy lacks":   {books.without(t, "finance", kind("JRN")), books.without(t, "finance", kind("JRN")), "the later copy has it not"},
		"a record that is forged in the later": {books.without(t, "finance", kind("ENT")), forged, "does not have it as act"},
		"an act that both lack":                {books.without(t, "finance", recordJournal), books.without(t, "finance", recordJournal), "neither copy has it"},
		"a changed act":                        {books.changed(t, "finance", recordJournal, set("by", "usr_x")), books.changed(t, "finance", recordJournal, set("by", "usr_x")), "is not what the audit chain holds"},
		"an act of which a record is not to be had": {books.without(t, "finance", func(r row) bool { return recordJournal(r) || kind("JRN")(r) }), books.without(t, "finance", kind("JRN")),
			"left as it is: not all"},
	} {
		_, db := restored(t, all(c.torn, nil))
		_, later := restored(t, all(c.later, nil))
		before := tablesNow(t, db)
		m, err := verify.Mend(t.Context(), db, later, order())
		if err != nil || len(m.Done) > 0 || !slices.ContainsFunc(m.Left, func(d verify.Defect) bool { return strings.Contains(d.What, c.want) }) {
			t.Errorf("%s: %v, %v", name, m, err)
		}
		if !same(before, tablesNow(t, db)) {
			t.Errorf("%s: something was written", name)
		}
	}
	_, db := restored(t, all(books, nil))
	_, strange := whole(t)
	_, other := restored(t, all(strange, nil))
	if _, err := verify.Mend(t.Context(), db, other, order()); !errors.Is(err, verify.ErrNotLater) {
		t.Errorf("mended from other books: %v", err)
	}
	_, db = restored(t, all(books.changed(t, "finance", recordJournal, set("by", "usr_x")), nil))
	if _, err := verify.Mend(t.Context(), db, from, order()); !errors.Is(err, verify.ErrNotLater) {
		t.Errorf("mended from a copy with another past: %v", err)
	}
}

func same(a, b instant) bool {
	return maps.EqualFunc(a.cells(), b.cells(), func(x, y cell) bool { return x.equal(y) })
}

// A dry run writes nothing and says what would be done; a mending leaves an act that says who had what copied, and why.
func TestMendingLeavesItsTrace(t *testing.T) {
	tn, books := whole(t)
	_, db := restored(t, all(books.without(t, "finance", kind("JRN")), nil))
	_, from := restored(t, all(books, nil))
	before, o := tablesNow(t, db), order()
	o.DryRun = true
	planned, err := verify.Mend(t.Context(), db, from, o)
	if err != nil || len(planned.Done) != 1 || !same(before, tablesNow(t, db)) {
		t.Fatalf("%v, %v", planned, err)
	}
	o.DryRun = false
	done, err := verify.Mend(t.Context(), db, from, o)
	if err != nil || done.Done[0].String() != planned.Done[0].String() {
		t.Fatalf("%v, %v", done, err)
	}
	act := find(t, tablesNow(t, db)["platform"], func(r row) bool { return at(r, "op") == verify.MendOperation })
	for _, want := range []string{"Rona Muir", "Restore", "r2", done.Done[0].Record, done.Done[0].Acts[0]} {
		if !strings.Contains(at(act, "chg"), want) {
			t.Errorf("%q is not told in %s", want, at(act, "chg"))
		}
	}
	if !strings.HasPrefix(at(act, "pk"), tn.ID+"|") || act["img"] != nil {
		t.Error("the trace stands elsewhere, or claims what it did not write")
	}
}

// What a cleared import was made from is not missed; a part of any other import is.
func TestClearedImportsAreInOrder(t *testing.T) {
	s, tn := rehearsed(t)
	play(t, s, tn, "migration.sign-off-import")
	staged := func(r row) bool { return kind("IMP")(r) && strings.HasPrefix(at(r, "sk"), "C|") }
	before := tablesNow(t, s.DB)
	_, torn := restored(t, all(before.without(t, "migration", staged), nil))
	if found := strings.Join(defects(t, torn), "\n"); !strings.Contains(found, "C|0000000: ") {
		t.Errorf("a lost staged chunk is not found, but %q", found)
	}
	s.Advance((migration.ClearAfterDays + 1) * 24 * time.Hour)
	var out migration.ClearedImports
	if err := invoke(t, s, "migration.clear-imports", "", "", nil, &out); err != nil || out.Imports != 1 {
		t.Fatalf("%d imports cleared, %v", out.Imports, err)
	}
	if err := s.Settle(t.Context(), tn.ID); err != nil {
		t.Fatal(err)
	}
	after := tablesNow(t, s.DB)
	if slices.ContainsFunc(after["migration"], staged) {
		t.Error("staged chunks are still there")
	}
	_, db := restored(t, all(after, nil))
	_, from := restored(t, all(after, nil))
	if found := defects(t, db); len(found) > 0 {
		t.Errorf("after the clearing: %v", found)
	}
	if m, err := verify.Mend(t.Context(), db, from, order()); err != nil || len(m.Done)+len(m.Left) > 0 {
		t.Errorf("a mending finds %v, %v", m, err)
	}
}
