package ledger

import (
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/op/optest"
)

// wordy makes a journal of so many lines with the longest texts that are taken.
func wordy(entity string, lines int) map[string]any {
	var all []any
	amount := map[string]string{"amount": "1.00", "currency": "GBP"}
	for n := range lines {
		all = append(all, map[string]any{"account": []string{"7105", "2100"}[n%2], []string{"debit", "credit"}[n%2]: amount, "description": strings.Repeat("😀", 240)})
	}
	return map[string]any{"entity": entity, "date": "2026-04-30", "description": "Long texts", "lines": all}
}

// A journal is one item of the store, which has its limit: what is over it is refused as too large, and what is just under it
// is taken up, however many of them wait together.
func TestLongTexts(t *testing.T) {
	w := newWorld(t, 1)
	before := w.census(t)
	for _, lines := range []int{420, 900} {
		w.Do(optest.Call{Op: &finance.RecordJournal, Body: wordy(w.Entity.ID, lines)}).Refused(413, "API-016")
	}
	w.Do(optest.Call{Op: &finance.RecordJournals, Query: "atomic=true", Body: map[string]any{"items": []any{wordy(w.Entity.ID, 4), wordy(w.Entity.ID, 420)}}}).Refused(413, "API-016")
	if after := w.census(t); after["JRN"] != before["JRN"] || after["ACT"] != before["ACT"] {
		t.Errorf("something was written: %v, before %v", after, before)
	}
	const journals, lines = 12, 400
	for range journals {
		w.Do(optest.Call{Op: &finance.RecordJournal, Body: wordy(w.Entity.ID, lines)}).Must(nil)
	}
	w.Project()
	if tb := april(w); tb.Debit.Amount() != "2400.00" || tb.Pending.Acts != 0 {
		t.Errorf("%s, %d acts waiting", tb.Debit, tb.Pending.Acts)
	}
	r := w.readAll(t)
	var f findings
	f.projections(r, f.journals(r), w.Entity.ID)
	for _, x := range f.Findings {
		t.Error(x)
	}
}
