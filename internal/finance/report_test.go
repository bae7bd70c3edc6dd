package finance_test

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

// reports are all reports by date.
var reports = []op.Operation{&finance.GetTrialBalance, &finance.GetBalanceSheet, &finance.GetProfitAndLoss, &finance.GetAccountLedger, &finance.GetJournalListing}

// report calls a report of the books as of the end of April; more is more of its query.
func report(b *financetest.Books, o op.Operation, more string) optest.Answer {
	c := optest.Call{Op: o, Query: "entity=" + b.Entity.ID + "&asOf=2026-04-30&" + more}
	if o == op.Operation(&finance.GetAccountLedger) {
		c.Path, c.Query = map[string]string{"accountId": b.Entity.ID + ".7105"}, "asOf=2026-04-30&"+more
	}
	return b.Do(c)
}

// A table of rows has no place for what it does not hold yet; a header says it, of every report and in every form.
func TestReportsOfEveryFormSayWhatTheyDoNotHoldYet(t *testing.T) {
	b := financetest.New(t)
	b.Record("2026-04-30", two("10.00")...)
	for _, waiting := range []string{"1", "0"} {
		for _, o := range reports {
			for _, format := range []string{"json", "csv"} {
				a := report(b, o, "format="+format)
				if got := a.Header.Get("Pending-Acts"); a.Status != 200 || got != waiting {
					t.Errorf("%s as %s: %d, %q acts are pending, not %s", o.Describe().ID, format, a.Status, got, waiting)
				}
			}
		}
		b.Project()
	}
}

// A filter by a value that never was is a slip of the pen, and not a report of noughts; an archived value keeps its past.
func TestAReportOfAnUnknownDimensionValueIsRefused(t *testing.T) {
	b := financetest.New(t)
	var value finance.DimensionValue
	b.Do(optest.Call{Op: finance.DimensionValues.Create(), Body: map[string]any{"entity": b.Entity.ID, "dimension": "cost-centre", "code": "100", "name": "Yard"}}).Must(&value)
	for _, o := range reports {
		report(b, o, "dimension=cost-centre:100").Must(nil)
		report(b, o, "dimension=cost-centre:1OO").Refused(422, "FIN-RPT-004:dimension")
	}
	b.Do(optest.Call{Op: finance.DimensionValues.Archive(), Path: map[string]string{"id": value.ID}, Version: 1}).Must(nil)
	for _, o := range reports {
		report(b, o, "dimension=cost-centre:100").Must(nil)
	}
}

// However rare the values of a filter are, a page reads so much and no more; the pages together hold what there is.
func TestAPageOfARareValueIsBounded(t *testing.T) {
	b := financetest.New(t)
	b.Do(optest.Call{Op: finance.DimensionValues.Create(), Body: map[string]any{"entity": b.Entity.ID, "dimension": "cost-centre", "code": "100", "name": "Yard"}}).Must(nil)
	for range 6 {
		lines := []financetest.Line{{Account: "2100", Amount: "-999.00"}}
		for range 999 {
			lines = append(lines, financetest.Line{Account: "7105", Amount: "1.00"})
		}
		b.Record("2026-04-01", lines...)
	}
	body := b.Body("2026-04-02", two("5.00")...)
	for _, l := range body["lines"].([]map[string]any) {
		l["dimensions"] = map[string]string{"cost-centre": "100"}
	}
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Must(nil)
	b.Project()
	found, pages, cursor := 0, 0, ""
	for more := true; more; pages++ {
		var l finance.AccountLedger
		report(b, &finance.GetAccountLedger, "dimension=cost-centre:100&limit=200"+cursor).Must(&l)
		found += len(l.Data)
		more, cursor = l.Page.HasMore, "&cursor="+l.Page.Next
	}
	if found != 1 || pages < 2 {
		t.Errorf("%d lines on %d pages", found, pages)
	}
}
