package migration_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op/optest"
)

func TestRollBackAndImportAnew(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A2,3.00,15/05/2026,Postage,,", "3,Other Ltd,,A3,4.00,30/04/2026,Postage,,"))
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	i = d.Run(&migration.CommitImport, i.ID, nil)
	by := staged(d, i)[2]
	d.Do(optest.Call{Op: &finance.ReverseJournal, Path: map[string]string{"journalId": by.Journal}, Version: 1, Body: `{"mode":"correct","reason":"By hand"}`}).Must(nil)
	undo := map[string]string{"mode": "correct", "reason": "Wrong mapping"}
	i = d.Run(&migration.RollBackImport, i.ID, undo)
	if i.State != migration.RolledBack || i.Counts.Reversed != 3 || !i.Sums.Reversed.Equal(i.Sums.Posted) {
		t.Errorf("%s %+v %+v", i.State, i.Counts, i.Sums)
	}
	isNought(t, d)
	// The same import can be validated and committed again, and so can the same rows in another.
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	if got := refused(d, i); len(got) != 0 {
		t.Errorf("after the roll-back: %v", got)
	}
	d.Run(&migration.CommitImport, i.ID, nil)
	d.Project()
	if got := migrationtest.Balance(d.TrialBalance("2027-03-31"), "2100"); got != "-17.00" {
		t.Errorf("creditors' control %s", got)
	}
}

func isNought(t *testing.T, d *migrationtest.Desk) {
	t.Helper()
	d.Project()
	for _, l := range d.TrialBalance("2027-03-31").Accounts {
		if !l.Balance.IsZero() {
			t.Errorf("account %s has %s left", l.Account, l.Balance)
		}
	}
}

func TestRollBackIsRefusedByNameWhereAPeriodHasClosed(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := small(d, rows("1,Fernside Ltd,,A1,10.00,30/04/2026,Agency staff,,", "2,Fernside Ltd,,A2,3.00,15/05/2026,Postage,,"))
	i = d.Run(&migration.ValidateImport, i.ID, nil)
	i = d.Run(&migration.CommitImport, i.ID, nil)
	april := map[string]string{"periodId": d.Entity.ID + ".2026-04"}
	d.Do(optest.Call{Op: &finance.StartClosingPeriod, Path: april, Version: 1}).Must(nil)
	journal := staged(d, i)[0].Journal
	undo := optest.Call{Op: &migration.RollBackImport, Path: path(i), Version: i.Version, Body: `{"mode":"correct","reason":"Wrong"}`}
	d.Do(undo).Refused(409, "MIG-IMP-004:/journals/"+journal)
	undo.Body = `{"mode":"accrual","reason":"Wrong","date":"2026-04-30"}`
	d.Do(undo).Refused(422, "FIN-JRN-004:/date")
	undo.Body = `{"mode":"accrual","reason":"Wrong"}`
	d.Do(undo).Refused(422, "MIG-IMP-005:/date")
	i = d.Run(&migration.RollBackImport, i.ID, map[string]string{"mode": "accrual", "reason": "Wrong", "date": "2026-06-01"})
	isNought(t, d)
	var j finance.JournalView
	d.Do(optest.Call{Op: &finance.GetJournal, Path: map[string]string{"journalId": staged(d, i)[0].Reversal}}).Must(&j)
	if j.Date.String() != "2026-06-01" || j.Reverses != journal {
		t.Errorf("reversal %+v", j)
	}
}
