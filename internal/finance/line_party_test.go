package finance_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
)

// A line names a supplier or customer that there is: one that is archived takes no new lines, and what names it already can
// still be undone.
func TestLinesNamePartiesInUse(t *testing.T) {
	b := financetest.New(t)
	p := addParty(b, `{"name":"Fernside Catering Ltd","kind":"supplier"}`)
	body := b.Body("2026-04-30", two("10.00")...)
	body["lines"].([]map[string]any)[1]["party"] = p.ID
	var posted finance.JournalView
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Must(&posted)
	draft := draftJournal(b, body)

	b.Do(onParty(p, finance.Parties.Archive(), nil)).Must(nil)
	const gone = "FIN-JRN-026:/lines/1/party"
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Refused(422, gone)
	b.Do(optest.Call{Op: &finance.CreateJournal, Body: body}).Refused(422, gone)
	b.Do(onJournal(draft, &finance.UpdateJournal, `{"description":"Changed"}`)).Refused(422, gone)
	post := onJournal(draft, &finance.PostJournal, nil)
	post.As = "usr_checker"
	b.Do(post).Refused(422, gone)
	var v finance.Validation
	b.Do(optest.Call{Op: &finance.ValidateJournal, Path: map[string]string{"journalId": draft.ID}}).Must(&v)
	if v.Postable || len(v.Errors) != 1 || v.Errors[0].Code+":"+v.Errors[0].Pointer != gone {
		t.Errorf("%+v", v)
	}
	b.Do(onJournal(posted, &finance.ReverseJournal, `{"mode":"correct","reason":"Undone"}`)).Must(nil)

	body["lines"].([]map[string]any)[1]["party"] = "pty_01JD2M8G3S6QX4T5V7W9Y0Z1A2"
	b.Do(optest.Call{Op: &finance.RecordJournals, Query: "atomic=true", Body: items(b.Body("2026-04-30", two("1.00")...), body)}).Refused(422, "FIN-JRN-026:/items/1/lines/1/party")
}
