package finance_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
)

func draft(b *financetest.Books, as string) finance.JournalView {
	b.T.Helper()
	var j finance.JournalView
	b.Do(optest.Call{Op: &finance.CreateJournal, Body: b.Body("2026-05-31", two("75.00")...), As: as}).Must(&j)
	return j
}

func TestPostJournalNeedsFourEyes(t *testing.T) {
	b := financetest.New(t)
	j := draft(b, "usr_maker")
	post := optest.Call{Op: &finance.PostJournal, Path: map[string]string{"journalId": j.ID}, Version: 1, As: "usr_maker"}
	b.Do(post).Refused(403, "FIN-JRN-021")
	post.As = "usr_checker"
	var posted finance.JournalView
	b.Do(post).Must(&posted)
	if posted.State != finance.Posted || posted.Version != 2 || posted.Number == "" {
		t.Errorf("posted: %+v", posted)
	}
	post.Version = 2
	b.Do(post).Refused(409, "FIN-JRN-017")
}

// TestPostJournalAfterAnEditByTheChecker shows that an edit makes its author the maker: it voids nobody's approval silently.
func TestPostJournalAfterAnEditByTheChecker(t *testing.T) {
	b := financetest.New(t)
	j := draft(b, "usr_maker")
	path := map[string]string{"journalId": j.ID}
	b.Do(optest.Call{Op: &finance.UpdateJournal, Path: path, Version: 1, As: "usr_checker", Body: `{"description":"Changed"}`}).Must(nil)
	b.Do(optest.Call{Op: &finance.PostJournal, Path: path, Version: 2, As: "usr_checker"}).Refused(403, "FIN-JRN-021")
	b.Do(optest.Call{Op: &finance.PostJournal, Path: path, Version: 2, As: "usr_maker"}).Must(nil)
}

func TestPostJournalIntoAClosingPeriod(t *testing.T) {
	b := financetest.New(t)
	j := draft(b, "usr_maker")
	for _, p := range []string{"2026-04", "2026-05"} {
		b.Do(optest.Call{Op: &finance.StartClosingPeriod, Path: map[string]string{"periodId": b.Entity.ID + "." + p}, Version: 1}).Must(nil)
	}
	b.Do(optest.Call{Op: &finance.PostJournal, Path: map[string]string{"journalId": j.ID}, Version: 1, As: "usr_checker"}).Refused(422, "FIN-JRN-004:/date")
	var v finance.Validation
	b.Do(optest.Call{Op: &finance.ValidateJournal, Path: map[string]string{"journalId": j.ID}}).Must(&v)
	if v.Postable || len(v.Errors) != 1 || v.Errors[0].Code != "FIN-JRN-004" {
		t.Errorf("validation: %+v", v)
	}
}
