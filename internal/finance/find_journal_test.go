package finance_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
)

func TestFindJournal(t *testing.T) {
	b := financetest.New(t)
	byNumber := map[string]string{}
	for range 205 { // more than two rows of numbers
		j := b.Record("2026-04-30", two("1.00")...)
		byNumber[j.Number] = j.ID
	}
	b.Project()
	for number, id := range byNumber {
		var j finance.JournalView
		b.Do(optest.Call{Op: &finance.FindJournal, Query: "entity=" + b.Entity.ID + "&number=" + number}).Must(&j)
		if j.ID != id {
			t.Errorf("%s finds %s, not %s", number, j.ID, id)
		}
	}
	body := b.Body("2026-04-30", two("10.00")...)
	body["source"], body["externalId"] = "legacy", "4711"
	var made, found finance.JournalView
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Must(&made)
	b.Do(optest.Call{Op: &finance.FindJournal, Query: "entity=" + b.Entity.ID + "&source=legacy&externalId=4711"}).Must(&found)
	if found.ID != made.ID {
		t.Errorf("found %s, not %s", found.ID, made.ID)
	}
	b.Do(optest.Call{Op: &finance.FindJournal, Query: "entity=" + b.Entity.ID + "&number=JRN-2026-999999"}).Refused(404, "API-019")
	b.Do(optest.Call{Op: &finance.FindJournal, Query: "entity=" + b.Entity.ID + "&number=1&source=legacy"}).Refused(422, "FIN-JRN-025:number")
	b.Do(optest.Call{Op: &finance.FindJournal, Query: "entity=" + b.Entity.ID}).Refused(422, "FIN-JRN-025:number")
}
