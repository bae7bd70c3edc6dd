package finance_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	amounts "backoffice/internal/money"
	"backoffice/internal/op/optest"
	"backoffice/internal/sheet"
)

// exportCase is one report of some days.
type exportCase struct {
	report     string
	parameters map[string]any
	wanted     func() map[string]amounts.Money // what the columns of the report itself sum to
}

// Whatever was posted, whichever days are asked for, and whether the file is a workbook or CSV: its amounts add up to what the
// report says, to the penny.
func TestExportedTotalsAreTheReports(t *testing.T) {
	d := financetest.Exporting(t)
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.IntRange(0, 3).Draw(t, "journals")
		for range some {
			pence := rapid.IntRange(1, 99_999_999).Draw(t, "pence")
			accounts := rapid.SampledFrom([][2]string{{"7105", "2100"}, {"1200", "4000"}, {"2100", "1200"}, {"0030", "1200"}}).Draw(t, "accounts")
			amount := fmt.Sprintf("%d.%02d", pence/100, pence%100)
			d.Record(dayOf(rapid.IntRange(0, 364).Draw(t, "day")), financetest.Line{Account: accounts[0], Amount: amount}, financetest.Line{Account: accounts[1], Amount: "-" + amount})
		}
		d.Project()
		from := rapid.IntRange(0, 364).Draw(t, "from")
		to := rapid.IntRange(from, 364).Draw(t, "to")
		c := rapid.SampledFrom([]func(*financetest.Desk, string, string) exportCase{trialBalanceCase, profitCase, ledgerCase, listingCase}).Draw(t, "report")(d, dayOf(from), dayOf(to))
		format := rapid.SampledFrom([]sheet.Format{sheet.XLSX, sheet.CSV}).Draw(t, "format")
		got := totalsOf(d, c, format)
		for column, want := range c.wanted() {
			if !got[column].Sub(want).IsZero() {
				t.Fatalf("%s as %s of %v: %s sums to %s, the report says %s", c.report, format, c.parameters, column, got[column], want)
			}
		}
	})
}

// dayOf gives a day of the fiscal year from April 2026.
func dayOf(n int) string { return civil.Of(2026, time.April, 1).AddDays(n).String() }

// totalsOf exports and sums the columns of amounts over the records, leaving out what only adds them up.
func totalsOf(d *financetest.Desk, c exportCase, format sheet.Format) map[string]amounts.Money {
	tb, ok := d.T.(*testing.T)
	if !ok {
		d.T.Fatal("no test")
	}
	raw := d.File(c.report, format, c.parameters)
	var rows [][]string
	if format == sheet.XLSX {
		rows = sheetOf(tb, raw)
	} else {
		rows = rowsOf(tb, raw)
	}
	sums := map[string]amounts.Money{}
	for _, row := range rows[1:] {
		text := strings.Join(row, "|")
		if strings.Contains(text, "|Total|") || strings.Contains(text, "Opening balance") || strings.Contains(text, "Closing balance") || strings.HasPrefix(text, "profit|") {
			continue
		}
		for i, cell := range row {
			name := strings.ToLower(rows[0][i])
			if name != "debit" && name != "credit" && name != "amount" && name != "total" {
				continue
			}
			if m := pounds(tb, cell); sums[name].Currency() == "" {
				sums[name] = m
			} else {
				sums[name] = sums[name].Add(m)
			}
		}
	}
	return sums
}

func trialBalanceCase(d *financetest.Desk, _, to string) exportCase {
	return exportCase{"trial-balance", map[string]any{"asOf": to}, func() map[string]amounts.Money {
		var r finance.TrialBalance
		d.Do(optest.Call{Op: &finance.GetTrialBalance, Query: "asOf=" + to + "&entity=" + d.Entity.ID}).Must(&r)
		return map[string]amounts.Money{"debit": r.Debit, "credit": r.Credit}
	}}
}

func profitCase(d *financetest.Desk, from, to string) exportCase {
	return exportCase{"profit-and-loss", map[string]any{"from": from, "asOf": to}, func() map[string]amounts.Money {
		var r finance.ProfitAndLoss
		d.Do(optest.Call{Op: &finance.GetProfitAndLoss, Query: "from=" + from + "&asOf=" + to + "&entity=" + d.Entity.ID}).Must(&r)
		return map[string]amounts.Money{"amount": r.Income.Add(r.Expense)} // each on its own side
	}}
}

func ledgerCase(d *financetest.Desk, from, to string) exportCase {
	return exportCase{"account-ledger", map[string]any{"account": "1200", "from": from, "asOf": to}, func() map[string]amounts.Money {
		zero := amounts.FromMinor(0, "GBP")
		sums := map[string]amounts.Money{"debit": zero, "credit": zero}
		for cursor := ""; ; {
			var r finance.AccountLedger
			d.Do(optest.Call{Op: &finance.GetAccountLedger, Path: map[string]string{"accountId": d.Entity.ID + ".1200"}, Query: "limit=200&from=" + from + "&asOf=" + to + cursor}).Must(&r)
			for _, l := range r.Data {
				if l.Debit != nil {
					sums["debit"] = sums["debit"].Add(*l.Debit)
				} else {
					sums["credit"] = sums["credit"].Add(*l.Credit)
				}
			}
			if r.Page.Next == "" {
				return sums
			}
			cursor = "&cursor=" + r.Page.Next
		}
	}}
}

func listingCase(d *financetest.Desk, from, to string) exportCase {
	return exportCase{"journal-listing", map[string]any{"from": from, "asOf": to}, func() map[string]amounts.Money {
		sum := amounts.FromMinor(0, "GBP")
		for cursor := ""; ; {
			var r finance.JournalListing
			d.Do(optest.Call{Op: &finance.GetJournalListing, Query: "limit=200&from=" + from + "&asOf=" + to + "&entity=" + d.Entity.ID + cursor}).Must(&r)
			for _, j := range r.Data {
				sum = sum.Add(j.Total)
			}
			if r.Page.Next == "" {
				return map[string]amounts.Money{"total": sum}
			}
			cursor = "&cursor=" + r.Page.Next
		}
	}}
}
