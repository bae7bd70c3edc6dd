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

// A correction keeps the original's date; an accrual is undone on a day of its own, at the beginning of the next period as a
// rule, and never before the day that it was made for.
func TestDatesOfReversals(t *testing.T) {
	b := financetest.New(t)
	j := b.Record("2026-05-31", two("10.00")...)
	for body, want := range map[string]string{
		`{"mode":"correct","date":"2026-06-01","reason":"Wrong"}`: "FIN-JRN-027:/date",
		`{"mode":"accrual","date":"2026-05-30","reason":"Wrong"}`: "FIN-JRN-028:/date",
		`{"mode":"accrual","date":"2026-06-01","reason":" "}`:     "FIN-GEN-001:/reason",
		`{"mode":"accrual","date":"2031-06-01","reason":"Wrong"}`: "FIN-JRN-006:/date",
	} {
		b.Do(onJournal(j, &finance.ReverseJournal, body)).Refused(422, want)
	}
	next := b.Record("2027-01-31", two("3.00")...) // after today
	b.Do(onJournal(next, &finance.ReverseJournal, `{"mode":"accrual","reason":"Wrong"}`)).Refused(422, "FIN-JRN-028:/date")
	var r finance.JournalView
	b.Do(onJournal(j, &finance.ReverseJournal, `{"mode":"accrual","date":"2026-06-01","reason":"Accrual of May"}`)).Must(&r)
	b.Project()
	for day, want := range map[string]string{"2026-05-30": "", "2026-05-31": "10.00", "2026-06-01": "0.00"} {
		got := ""
		for _, l := range trialBalance(b, day).Accounts {
			if l.Account == "7105" {
				got = l.Balance.Amount()
			}
		}
		if got != want {
			t.Errorf("on %s the accrual stands at %q, wanted %q", day, got, want)
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
