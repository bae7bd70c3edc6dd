package finance_test

import (
	"fmt"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

// BenchmarkRecordJournal posts two-line journals through the whole pipeline into a store in memory: by a chart that stays as it
// was, and by one that has changed since the posting before and so is decoded again.
func BenchmarkRecordJournal(b *testing.B) {
	for name, changes := range map[string]bool{"same-chart": false, "changed-chart": true} {
		b.Run(name, func(b *testing.B) {
			books := financetest.New(b)
			body := books.Body("2026-04-30", two("1250.00")...)
			b.ReportAllocs()
			for range b.N {
				if changes {
					b.StopTimer()
					touchChart(books)
					b.StartTimer()
				}
				books.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Must(nil)
			}
		})
	}
}

// touchChart gives the chart another version.
func touchChart(b *financetest.Books) {
	keeper := financedb.NewBooks(b.DB)
	chart, err := keeper.Chart(b.T.Context(), b.Tenant, b.Entity.ID)
	if err != nil {
		b.T.Fatal(err)
	}
	act := &op.Act{ID: b.Runtime.IDs.New("act"), Tenant: b.Tenant, Operation: "test", At: b.Now()}
	keeper.SaveChart(act, chart)
	if err := b.Runtime.Acts.Commit(b.T.Context(), &finance.CreateAccount.Spec, act); err != nil {
		b.T.Fatal(err)
	}
}

// BenchmarkRecordJournals posts 49 two-line journals in one act.
func BenchmarkRecordJournals(b *testing.B) {
	books := financetest.New(b)
	var all []any
	for range 49 {
		all = append(all, books.Body("2026-04-30", two("1250.00")...))
	}
	b.ReportAllocs()
	for b.Loop() {
		books.Do(optest.Call{Op: &finance.RecordJournals, Query: "atomic=true", Body: map[string]any{"items": all}}).Must(nil)
	}
}

// BenchmarkProject takes up 50 journals over ten accounts that were posted one by one.
func BenchmarkProject(b *testing.B) {
	books := financetest.New(b)
	debits, credits := []string{"7105", "7200", "7201", "7202", "7210"}, []string{"2100", "1200", "1210", "4000", "4010"}
	b.ReportAllocs()
	for range b.N {
		b.StopTimer()
		for n := range 50 {
			books.Record("2026-04-30", financetest.Line{Account: debits[n%5], Amount: "10.00"}, financetest.Line{Account: credits[n%5], Amount: "-10.00"})
		}
		b.StartTimer()
		books.Project()
	}
}

// BenchmarkTrialBalance reads the trial balance of 150 accounts at the end of a month, and in the middle of one.
func BenchmarkTrialBalance(b *testing.B) {
	books := financetest.New(b)
	for month := 4; month <= 12; month++ {
		books.Record(fmt.Sprintf("2026-%02d-10", month), manyLines(books)...)
	}
	books.Project()
	for name, asOf := range map[string]string{"month-end": "2026-12-31", "mid-month": "2026-12-15"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				books.Do(optest.Call{Op: &finance.GetTrialBalance, Query: "entity=" + books.Entity.ID + "&asOf=" + asOf}).Must(nil)
			}
		})
	}
}

// manyLines makes a journal with a line on every account that takes postings.
func manyLines(books *financetest.Books) []financetest.Line {
	var list struct {
		Data []finance.Account `json:"data"`
	}
	books.Do(optest.Call{Op: &finance.ListAccounts, Query: "limit=200&entity=" + books.Entity.ID}).Must(&list)
	var out []financetest.Line
	for _, a := range list.Data {
		if !a.Header && len(a.Dimensions) == 0 && a.Code != "2100" {
			out = append(out, financetest.Line{Account: a.Code, Amount: "1.00"})
		}
	}
	return append(out, financetest.Line{Account: "2100", Amount: fmt.Sprintf("-%d.00", len(out))})
}
