package finance_test

import (
	"fmt"
	"slices"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

func draftJournal(b *financetest.Books, body any) finance.JournalView {
	var j finance.JournalView
	b.Do(optest.Call{Op: &finance.CreateJournal, Body: body}).Must(&j)
	return j
}

func onJournal(j finance.JournalView, o op.Operation, body any) optest.Call {
	return optest.Call{Op: o, Path: map[string]string{"journalId": j.ID}, Version: j.Version, Body: body}
}

// A draft may be wrong in what posting checks; what cannot become right by itself is refused at once.
func TestDraftsMayBeUnbalanced(t *testing.T) {
	b := financetest.New(t)
	lines := []financetest.Line{{Account: "7200", Amount: "10.00"}, {Account: "2100", Amount: "-9.00"}}
	j := draftJournal(b, b.Body("2031-01-01", lines...))
	if j.State != finance.Draft || j.Number != "" || j.PostedAt != nil {
		t.Errorf("%+v", j)
	}
	var v finance.Validation
	b.Do(optest.Call{Op: &finance.ValidateJournal, Path: map[string]string{"journalId": j.ID}}).Must(&v)
	var codes []string
	for _, e := range v.Errors {
		codes = append(codes, e.Code)
	}
	slices.Sort(codes)
	if v.Postable || !slices.Equal(codes, []string{"FIN-JRN-001", "FIN-JRN-006"}) {
		t.Errorf("%+v", v)
	}
	post := onJournal(j, &finance.PostJournal, nil)
	post.As = "usr_colleague"
	if a := b.Do(post); a.Status != 422 {
		t.Errorf("an unbalanced draft was posted: %s", a.Body)
	}
	b.Do(optest.Call{Op: &finance.CreateJournal, Body: b.Body("2026-04-30", financetest.Line{Account: "9998", Amount: "1.00"}, lines[1])}).Refused(422, "FIN-JRN-007:/lines/0/account")
	b.Project()
	if tb := trialBalance(b, "2027-03-31"); len(tb.Accounts) != 0 {
		t.Errorf("a draft stands in the books: %+v", tb.Accounts)
	}
}

// What a draft is a draft of stays: a patch that says otherwise is refused, and not taken for less than it says.
func TestADraftsOriginStays(t *testing.T) {
	b := financetest.New(t)
	body := b.Body("2026-04-30", two("10.00")...)
	body["source"], body["externalId"] = "legacy", "4711"
	j := draftJournal(b, body)
	b.Do(onJournal(j, &finance.UpdateJournal, `{"entity":"ent_01JD2M8G3S6QX4T5V7W9Y0Z1A2","source":"other","externalId":"4712"}`)).
		Refused(422, "FIN-JRN-029:/entity", "FIN-JRN-029:/source", "FIN-JRN-029:/externalId")
	b.Do(onJournal(j, &finance.UpdateJournal, `{"source":null,"externalId":null}`)).Refused(422, "FIN-JRN-029:/source", "FIN-JRN-029:/externalId")
	b.Do(onJournal(j, &finance.UpdateJournal, `{"source":"legacy","description":"The same"}`)).Must(nil)
}

// A draft is put right by a patch, whoever last changed it counts as its maker, and posting makes it final.
func TestDraftToPosted(t *testing.T) {
	b := financetest.New(t)
	j := draftJournal(b, b.Body("2031-01-01", two("10.00")...))
	change := onJournal(j, &finance.UpdateJournal, `{"date":"2026-04-30","description":"Water"}`)
	change.As = "usr_colleague"
	var changed, posted finance.JournalView
	b.Do(change).Must(&changed)
	if changed.Version != 2 || changed.Date.String() != "2026-04-30" || len(changed.Lines) != 2 || changed.Description != "Water" {
		t.Errorf("%+v", changed)
	}
	b.Do(change).Refused(412, op.RuleStale.Code)
	post := onJournal(changed, &finance.PostJournal, nil)
	post.As = "usr_colleague"
	b.Do(post).Refused(403, "FIN-JRN-021")
	post.As = "usr_third"
	b.Do(post).Must(&posted)
	if posted.State != finance.Posted || posted.Number != "JRN-2026-000001" || posted.PostedBy != "usr_third" || posted.CreatedBy != "usr_colleague" && posted.CreatedBy != "usr_test" {
		t.Errorf("%+v", posted)
	}
	for name, o := range map[string]op.Operation{"changed": &finance.UpdateJournal, "discarded": &finance.DiscardJournal, "posted": &finance.PostJournal} {
		var body any
		if name == "changed" {
			body = `{"description":"X"}`
		}
		call := onJournal(posted, o, body)
		call.As = "usr_fourth"
		t.Run(name, func(t *testing.T) { b.Do(call).Refused(409, "FIN-JRN-017") })
	}
	b.Do(optest.Call{Op: &finance.ValidateJournal, Path: map[string]string{"journalId": posted.ID}}).Refused(409, "FIN-JRN-017")
}

func TestDiscardJournal(t *testing.T) {
	b := financetest.New(t)
	j := draftJournal(b, b.Body("2026-04-30", two("10.00")...))
	var gone finance.JournalView
	b.Do(onJournal(j, &finance.DiscardJournal, nil)).Must(&gone)
	post := onJournal(gone, &finance.PostJournal, nil)
	post.As = "usr_colleague"
	b.Do(post).Refused(409, "FIN-JRN-017")
	var read finance.JournalView
	b.Do(optest.Call{Op: &finance.GetJournal, Path: map[string]string{"journalId": j.ID}}).Must(&read)
	if read.State != finance.Discarded {
		t.Errorf("%+v", read)
	}
}

// Drafts are listed by date, page by page, and no longer once they are posted or put away.
func TestListDraftJournals(t *testing.T) {
	b := financetest.New(t)
	var drafts []finance.JournalView
	for day := 9; day > 0; day-- {
		drafts = append(drafts, draftJournal(b, b.Body(fmt.Sprintf("2026-05-%02d", day), two("1.00")...)))
	}
	b.Do(onJournal(drafts[0], &finance.DiscardJournal, nil)).Must(nil)
	post := onJournal(drafts[1], &finance.PostJournal, nil)
	post.As = "usr_colleague"
	b.Do(post).Must(nil)
	var days []string
	next := ""
	for pages := 1; ; pages++ {
		var page finance.JournalPage
		b.Do(optest.Call{Op: &finance.ListDraftJournals, Query: "state=draft&limit=3&entity=" + b.Entity.ID + next}).Must(&page)
		for _, j := range page.Data {
			days = append(days, j.Date.String())
		}
		if !page.Page.HasMore {
			break
		}
		next = "&cursor=" + page.Page.Next
	}
	if len(days) != 7 || !slices.IsSorted(days) || days[6] != "2026-05-07" {
		t.Errorf("%v", days)
	}
}

// Opening balances are a journal of the balance sheet.
func TestRecordOpeningBalances(t *testing.T) {
	b := financetest.New(t)
	body := b.Body("2026-04-01", financetest.Line{Account: "1200", Amount: "500.00"}, financetest.Line{Account: "3200", Amount: "-500.00"})
	var j finance.JournalView
	b.Do(optest.Call{Op: &finance.RecordOpeningBalances, Body: body}).Must(&j)
	if j.Kind != "opening" || j.State != finance.Posted {
		t.Errorf("%+v", j)
	}
	body = b.Body("2026-04-01", financetest.Line{Account: "7200", Amount: "5.00"}, financetest.Line{Account: "3200", Amount: "-5.00"})
	b.Do(optest.Call{Op: &finance.RecordOpeningBalances, Body: body}).Refused(422, "FIN-JRN-022:/lines/0/account")
	b.Project()
	if tb := trialBalance(b, "2026-04-01"); tb.Debit.Amount() != "500.00" || tb.Credit.Amount() != "500.00" {
		t.Errorf("%+v", tb)
	}
}

// A line in a foreign currency stands in the books by its amount in the base currency.
func TestForeignLines(t *testing.T) {
	b := financetest.New(t)
	body := b.Body("2026-04-30", financetest.Line{Account: "7200", Amount: "80.00"}, financetest.Line{Account: "2100", Amount: "-80.00"})
	line := body["lines"].([]map[string]any)[0]
	line["debit"], line["base"] = map[string]string{"amount": "100.00", "currency": "USD"}, money("80.00")
	var j finance.JournalView
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Must(&j)
	if j.Lines[0].Debit.Amount() != "100.00" || j.Lines[0].Base.Amount() != "80.00" || j.Total.Amount() != "80.00" || j.Lines[1].Base != nil {
		t.Errorf("%+v", j)
	}
	line["base"] = map[string]string{"amount": "80.00", "currency": "USD"}
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Refused(422, "FIN-JRN-015:/lines/0/base")
	line["debit"], line["base"] = money("80.00"), money("80.00")
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Refused(422, "FIN-JRN-016:/lines/0/base")
}
