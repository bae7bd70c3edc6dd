package finance_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
	"backoffice/internal/takeup"
)

func TestChangeFeedTellsEveryActOnceInTheOrderOfTheRelay(t *testing.T) {
	b := financetest.New(t)
	var want []string
	for range 50 { // more links than one answer holds
		want = append(want, b.Record("2026-04-30", two("1.00")...).ID)
		b.Project()
	}
	var got []string
	cursor := ""
	for more := true; more; {
		var f takeup.Feed
		b.Do(optest.Call{Op: finance.Acts.Changes(), Query: feed(cursor)}).Must(&f)
		for _, c := range f.Data {
			if c.Operation == "finance.record-journal" {
				got = append(got, c.Record)
			}
		}
		cursor, more = f.Cursor, f.HasMore
	}
	if len(got) != len(want) {
		t.Fatalf("%d of %d journals told", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("place %d tells %s, not %s", i, got[i], want[i])
		}
	}
	b.Record("2026-04-30", two("1.00")...)
	b.Project()
	var since takeup.Feed
	b.Do(optest.Call{Op: finance.Acts.Changes(), Query: feed(cursor)}).Must(&since)
	if len(since.Data) != 1 {
		t.Errorf("since then: %+v", since.Data)
	}
	var v takeup.Verification
	b.Do(optest.Call{Op: finance.Acts.Verify()}).Must(&v)
	if !v.Holds || !v.HasMore || v.Acts == 0 {
		t.Errorf("verification: %+v", v)
	}
}

func feed(cursor string) string {
	if cursor == "" {
		return ""
	}
	return "cursor=" + cursor
}
