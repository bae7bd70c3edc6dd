package finance_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
)

func TestReverseJournalCorrectsOnTheOriginalDate(t *testing.T) {
	b := financetest.New(t)
	j := b.Record("2026-04-30", two("10.00")...)
	call := optest.Call{Op: &finance.ReverseJournal, Path: map[string]string{"journalId": j.ID}, Version: 1, Body: `{"mode":"correct","reason":"Entered twice"}`}
	var r finance.JournalView
	b.Do(call).Must(&r)
	if r.Reverses != j.ID || r.Date != j.Date || r.Kind != finance.Reversal || r.Lines[0].Credit == nil {
		t.Errorf("reversal: %+v", r)
	}
	var again finance.JournalView
	b.Do(optest.Call{Op: &finance.GetJournal, Path: map[string]string{"journalId": j.ID}}).Must(&again)
	if again.ReversedBy != r.ID || again.Version != 2 {
		t.Errorf("original: %+v", again)
	}
	call.Version = 2
	b.Do(call).Refused(409, "FIN-JRN-018")
	b.Project()
	for _, l := range trialBalance(b, "2026-04-30").Accounts {
		if !l.Balance.IsZero() {
			t.Errorf("account %s is left with %s", l.Account, l.Balance)
		}
	}
}

func TestReverseJournalInAClosedPeriod(t *testing.T) {
	b := financetest.New(t)
	j := b.Record("2026-04-30", two("10.00")...)
	b.Do(optest.Call{Op: &finance.StartClosingPeriod, Path: map[string]string{"periodId": b.Entity.ID + ".2026-04"}, Version: 1}).Must(nil)
	path := map[string]string{"journalId": j.ID}
	b.Do(optest.Call{Op: &finance.ReverseJournal, Path: path, Version: 1, Body: `{"mode":"correct","reason":"Wrong"}`}).Refused(422, "FIN-JRN-004:/date")
	var r finance.JournalView
	b.Do(optest.Call{Op: &finance.ReverseJournal, Path: path, Version: 1, Body: `{"mode":"accrual","reason":"Wrong"}`}).Must(&r)
	if r.Date.String() != "2026-11-23" {
		t.Errorf("an accrual reversal is dated %s, not today", r.Date)
	}
}
