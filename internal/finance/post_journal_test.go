package finance_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
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

// TestPostJournalAfterAnEditByTheChecker shows that whoever had a hand in a draft may not post it: an edit by a second person
// does not make the first one a checker, and the draft stays its maker's.
func TestPostJournalAfterAnEditByTheChecker(t *testing.T) {
	b := financetest.New(t)
	j := draft(b, "usr_maker")
	path := map[string]string{"journalId": j.ID}
	var changed finance.JournalView
	b.Do(optest.Call{Op: &finance.UpdateJournal, Path: path, Version: 1, As: "usr_checker", Body: `{"description":"Changed"}`}).Must(&changed)
	if changed.CreatedBy != j.CreatedBy {
		t.Errorf("created by %q, after an edit by %q", j.CreatedBy, changed.CreatedBy)
	}
	b.Do(optest.Call{Op: &finance.UpdateJournal, Path: path, Version: 2, As: "usr_checker", Body: `{"description":"Changed again"}`}).Must(nil)
	for _, who := range []string{"usr_maker", "usr_checker"} {
		b.Do(optest.Call{Op: &finance.PostJournal, Path: path, Version: 3, As: who}).Refused(403, "FIN-JRN-021")
	}
	b.Do(optest.Call{Op: &finance.PostJournal, Path: path, Version: 3, As: "usr_third"}).Must(nil)
}

// TestJournalsWithinReach shows what a right over one's own journals, or those of the people below, is good for: a clerk drafts,
// a manager posts what the clerk drafted and nobody else's.
func TestJournalsWithinReach(t *testing.T) {
	b := financetest.New(t)
	own := op.Grant{Breadth: op.Own}
	manages := op.Grant{Breadth: op.Subordinates, People: []string{"per_usr_clerk"}}
	b.Runtime.Authz = rightsOf{
		"usr_clerk":    {"finance.journals.create": own, "finance.journals.update": own, "finance.journals.post": own},
		"usr_stranger": {"finance.journals.create": own},
		"usr_chief":    {"finance.journals.post": manages},
	}
	mine, others := draft(b, "usr_clerk"), draft(b, "usr_stranger")
	post := func(who string, j finance.JournalView) optest.Answer {
		return b.Do(optest.Call{Op: &finance.PostJournal, Path: map[string]string{"journalId": j.ID}, Version: j.Version, As: who})
	}
	post("usr_clerk", mine).Refused(403, "FIN-JRN-021")
	post("usr_clerk", others).Refused(403, op.RuleForbidden.Code)
	post("usr_chief", others).Refused(403, op.RuleForbidden.Code)
	post("usr_chief", mine).Must(nil)
}

// TestListsOfNone shows that a list is empty, and not refused, for whoever has a right in one entity only.
func TestListsOfNone(t *testing.T) {
	b := financetest.New(t)
	b.Runtime.Authz = rightsOf{"usr_south": {"finance.parties.read": {Breadth: op.All, Entities: []string{b.Entity.ID}}}}
	var found op.Records[finance.Party]
	b.Do(optest.Call{Op: finance.Parties.List(), As: "usr_south"}).Must(&found)
	if len(found.Data) > 0 {
		t.Errorf("listed %+v", found.Data)
	}
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
