package reports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

// Every report, asked in random ways, says what the model says.
func TestReportsAgreeWithTheModel(t *testing.T) {
	seeds := []uint64{1, 2}
	if testing.Short() {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		b := newBooks(t, seed)
		for name, check := range map[string]func(*rapid.T, *books){
			"trial balance": checkTrialBalance, "profit and loss": checkProfitAndLoss, "balance sheet": checkBalanceSheet,
			"account ledger": checkLedger, "journal listing": checkListing, "drilling down": checkDrillingDown,
		} {
			t.Run(fmt.Sprintf("%s of books %d", name, seed), func(t *testing.T) {
				rapid.Check(t, func(rt *rapid.T) { check(rt, b) })
			})
		}
	}
}

// A model with one line more than the books does not agree: the comparison sees a penny.
func TestReportsSeeAPenny(t *testing.T) {
	b := newBooks(t, 4)
	b.lines = append(b.lines, line{account: "1200", date: last, minor: 1, journal: "jrn_none"})
	q := query{asOf: last}
	if got, want := b.balances(nil, q, true), b.nets(filter{to: last}); equal(got, want) {
		t.Error("a penny went unnoticed")
	}
}

// query is what a report is asked.
type query struct {
	asOf   civil.Date
	values map[string]string
}

func drawDay(t *rapid.T, name string) civil.Date {
	if rapid.Bool().Draw(t, name+" at an edge") {
		return day(rapid.SampledFrom(edges).Draw(t, name))
	}
	return first.AddDays(rapid.IntRange(-40, first.DaysUntil(last)+40).Draw(t, name))
}

func drawQuery(t *rapid.T) query {
	q := query{asOf: drawDay(t, "as of")}
	q.values = map[string]string{}
	for _, d := range rapid.SampledFrom([][]string{{}, {}, {"cost-centre"}, {"project"}, {"cost-centre", "project"}}).Draw(t, "dimensions") {
		q.values[d] = rapid.SampledFrom(dimensions[d]).Draw(t, "value")
	}
	return q
}

func (q query) text() string {
	var values []string
	for d, v := range q.values {
		values = append(values, d+":"+v)
	}
	slices.Sort(values) // a cursor belongs to the very same question
	out := "asOf=" + q.asOf.String()
	if len(values) > 0 {
		out += "&dimension=" + strings.Join(values, ",")
	}
	return out
}

// read calls a report of the books.
func read[T any](t *rapid.T, b *books, o op.Operation, query string) T {
	var out T
	a := b.Do(optest.Call{Op: o, Query: "entity=" + b.Entity.ID + "&" + query})
	if t != nil && a.Status != 200 {
		t.Fatalf("%s: %d %s", query, a.Status, a.Body)
	}
	a.Must(&out)
	return out
}

func minor(m money.Money) int64 {
	var n int64
	if _, err := fmt.Sscan(m.MinorString(), &n); err != nil {
		panic(err)
	}
	return n
}

func equal(a, b map[string]int64) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	for k, v := range b {
		if a[k] != v {
			return false
		}
	}
	return true
}

func (b *books) balances(t *rapid.T, q query, cumulative bool) map[string]int64 {
	tb := read[finance.TrialBalance](t, b, &finance.GetTrialBalance, fmt.Sprintf("%s&cumulative=%v", q.text(), cumulative))
	out := map[string]int64{}
	for _, l := range tb.Accounts {
		out[l.Account] = minor(l.Balance)
	}
	return out
}

func checkTrialBalance(t *rapid.T, b *books) {
	q, cumulative := drawQuery(t), rapid.Bool().Draw(t, "cumulative")
	tb := read[finance.TrialBalance](t, b, &finance.GetTrialBalance, fmt.Sprintf("%s&cumulative=%v", q.text(), cumulative))
	ever, year := filter{to: q.asOf, values: q.values}, filter{from: yearOf(q.asOf), to: q.asOf, values: q.values}
	want, inYear := b.nets(ever), b.nets(year)
	var forward, net int64
	if !cumulative {
		forward = b.profit(ever) - b.profit(year)
		for account := range want {
			if !b.types[account].OnBalanceSheet() {
				want[account] = inYear[account]
			}
		}
	}
	got := map[string]int64{}
	for _, l := range tb.Accounts {
		got[l.Account] = minor(l.Balance)
		net += minor(l.Debit) - minor(l.Credit)
	}
	if !equal(got, want) || len(got) != len(want) || minor(tb.BroughtForward) != forward || minor(tb.Debit)-minor(tb.Credit) != net-forward {
		t.Fatalf("%s: got %v and %s forward, wanted %v and %d", q.text(), got, tb.BroughtForward, want, forward)
	}
	if len(q.values) == 0 && tb.Debit.Amount() != tb.Credit.Amount() {
		t.Fatalf("%s: %s is not %s", q.text(), tb.Debit, tb.Credit)
	}
	if tb.Pending.Acts != 0 || tb.YearStart != yearOf(q.asOf) {
		t.Fatalf("%s: year from %s, %d acts waiting", q.text(), tb.YearStart, tb.Pending.Acts)
	}
}

// sections checks a statement's lines against the model's nets and gives how many there are.
func (b *books) sections(t *rapid.T, all []finance.Section, nets map[string]int64) int {
	lines := 0
	for _, s := range all {
		var sum int64
		for _, l := range s.Accounts {
			lines++
			amount := nets[l.Account]
			if b.types[l.Account] != finance.Asset && b.types[l.Account] != finance.Expense {
				amount = -amount
			}
			if minor(l.Amount) != amount || b.class[l.Account] != s.Class || b.types[l.Account] != s.Type {
				t.Fatalf("%s is %s in %s %s, wanted %d in %s %s", l.Account, l.Amount, s.Type, s.Class, amount, b.types[l.Account], b.class[l.Account])
			}
			sum += amount
		}
		if minor(s.Total) != sum {
			t.Fatalf("%s %s totals %s, its lines %d", s.Type, s.Class, s.Total, sum)
		}
	}
	return lines
}

// moved counts the accounts of some types whose net is not nought.
func (b *books) moved(nets map[string]int64, onBalanceSheet bool) int {
	n := 0
	for account, net := range nets {
		if net != 0 && b.types[account].OnBalanceSheet() == onBalanceSheet {
			n++
		}
	}
	return n
}

func checkProfitAndLoss(t *rapid.T, b *books) {
	q := drawQuery(t)
	f := filter{from: yearOf(q.asOf), to: q.asOf, values: q.values}
	text := q.text()
	if rapid.Bool().Draw(t, "with a first day") {
		f.from = drawDay(t, "from")
		text += "&from=" + f.from.String()
	}
	if f.to.Before(f.from) {
		b.Do(optest.Call{Op: &finance.GetProfitAndLoss, Query: "entity=" + b.Entity.ID + "&" + text}).Refused(422, "FIN-GEN-003:from")
		return
	}
	p := read[finance.ProfitAndLoss](t, b, &finance.GetProfitAndLoss, text)
	nets := b.nets(f)
	if n := b.sections(t, p.Sections, nets); n != b.moved(nets, false) {
		t.Fatalf("%s: %d lines, wanted %d", text, n, b.moved(nets, false))
	}
	if minor(p.Profit) != b.profit(f) || minor(p.Income) != b.side(f, finance.Income) || minor(p.Expense) != b.side(f, finance.Expense) {
		t.Fatalf("%s: %s less %s is %s, wanted %d", text, p.Income, p.Expense, p.Profit, b.profit(f))
	}
}

func checkBalanceSheet(t *rapid.T, b *books) {
	q := drawQuery(t)
	s := read[finance.BalanceSheet](t, b, &finance.GetBalanceSheet, q.text())
	ever, year := filter{to: q.asOf, values: q.values}, filter{from: yearOf(q.asOf), to: q.asOf, values: q.values}
	nets := b.nets(ever)
	if n := b.sections(t, slices.Concat(s.Assets, s.Liabilities, s.Equity), nets); n != b.moved(nets, true) {
		t.Fatalf("%s: %d lines, wanted %d", q.text(), n, b.moved(nets, true))
	}
	equity := b.side(ever, finance.Equity) + b.profit(ever)
	if minor(s.TotalAssets) != b.side(ever, finance.Asset) || minor(s.TotalDebts) != b.side(ever, finance.Liability) || minor(s.TotalEquity) != equity ||
		minor(s.YearResult) != b.profit(year) || minor(s.EarlierResult) != b.profit(ever)-b.profit(year) {
		t.Fatalf("%s: %+v", q.text(), s)
	}
	if len(q.values) == 0 && minor(s.TotalAssets) != minor(s.TotalDebts)+minor(s.TotalEquity) {
		t.Fatalf("%s: the sheet does not balance", q.text())
	}
}

// pages reads a list to its end in pages of random sizes.
func pages[T any](t *rapid.T, read func(query string) ([]T, op.Page)) []T {
	var out []T
	cursor := ""
	for {
		limit := rapid.SampledFrom([]int{1, 2, 3, 7, 50, 199, 200}).Draw(t, "limit")
		data, page := read(fmt.Sprintf("limit=%d%s", limit, cursor))
		if len(data) > limit || page.HasMore != (page.Next != "") || page.Limit != limit {
			t.Fatalf("a page of %d holds %d: %+v", limit, len(data), page)
		}
		out = append(out, data...)
		if page.Next == "" {
			return out
		}
		cursor = "&cursor=" + page.Next
	}
}

func checkLedger(t *rapid.T, b *books) {
	q, account := drawQuery(t), rapid.SampledFrom(accounts).Draw(t, "account")
	f := filter{from: drawDay(t, "from"), to: q.asOf, values: q.values}
	if f.to.Before(f.from) {
		f.from, f.to = f.to, f.from
	}
	q.asOf = f.to
	var opening, closing int64
	got := pages(t, func(page string) ([]finance.LedgerEntry, op.Page) {
		var l finance.AccountLedger
		b.Do(optest.Call{Op: &finance.GetAccountLedger, Path: map[string]string{"accountId": b.Entity.ID + "." + account},
			Query: q.text() + "&from=" + f.from.String() + "&" + page}).Must(&l)
		opening, closing = minor(l.Opening), minor(l.Closing)
		return l.Data, l.Page
	})
	var entries []line
	for _, e := range got {
		l := line{account: e.Account, date: e.Date, journal: e.Journal, place: e.Line}
		if e.Debit != nil {
			l.minor = minor(*e.Debit)
		} else {
			l.minor = -minor(*e.Credit)
		}
		entries = append(entries, l)
	}
	want := b.entries(account, f)
	if !slices.IsSortedFunc(entries, func(a, b line) int { return a.date.Compare(b.date) }) {
		t.Fatalf("%s: not by date: %v", q.text(), entries)
	}
	if got, want := places(entries), places(want); !slices.Equal(got, want) {
		t.Fatalf("%s of %s: got %v, wanted %v", q.text(), account, got, want)
	}
	begin := civil.Date{} // income and expense count within the fiscal year of the first day
	if !b.types[account].OnBalanceSheet() {
		begin = yearOf(f.from)
	}
	before := b.nets(filter{from: begin, to: f.from.AddDays(-1), values: q.values})[account]
	if opening != before || closing != b.nets(filter{from: begin, to: f.to, values: q.values})[account] {
		t.Fatalf("%s of %s: opening %d, closing %d; wanted %d", q.text(), account, opening, closing, before)
	}
}

// checkDrillingDown goes from a trial balance to the ledgers of its accounts, which must end in the same figures.
func checkDrillingDown(t *rapid.T, b *books) {
	q := drawQuery(t)
	for _, a := range read[finance.TrialBalance](t, b, &finance.GetTrialBalance, q.text()).Accounts {
		var l finance.AccountLedger
		b.Do(optest.Call{Op: &finance.GetAccountLedger, Path: map[string]string{"accountId": a.ID}, Query: q.text() + "&limit=1"}).Must(&l)
		if !l.Closing.Equal(a.Balance) {
			t.Fatalf("%s: %s is %s in the trial balance, and its ledger ends with %s", q.text(), a.Account, a.Balance, l.Closing)
		}
	}
}

// places renders lines so that lists of them can be compared whatever the order within a day.
func places(all []line) []string {
	var out []string
	for _, l := range all {
		out = append(out, fmt.Sprintf("%s %s/%03d %d", l.date, l.journal, l.place, l.minor))
	}
	slices.Sort(out)
	return out
}

func checkListing(t *rapid.T, b *books) {
	q := drawQuery(t)
	f := filter{from: drawDay(t, "from"), to: q.asOf, values: q.values}
	if f.to.Before(f.from) {
		f.from, f.to = f.to, f.from
	}
	q.asOf = f.to
	got := pages(t, func(page string) ([]finance.ListedJournal, op.Page) {
		l := read[finance.JournalListing](t, b, &finance.GetJournalListing, fmt.Sprintf("%s&from=%s&%s", q.text(), f.from, page))
		return l.Data, l.Page
	})
	var listed, want []string
	for _, j := range got {
		listed = append(listed, fmt.Sprintf("%s %s %d", j.Date, j.ID, minor(j.Total)))
	}
	for _, l := range b.journals(f) {
		want = append(want, fmt.Sprintf("%s %s %d", l.date, l.journal, b.debits(l.journal, f)))
	}
	if !slices.IsSortedFunc(listed, func(a, b string) int { return strings.Compare(a[:10], b[:10]) }) {
		t.Fatalf("not by date: %v", listed)
	}
	slices.Sort(listed)
	slices.Sort(want)
	if !slices.Equal(listed, want) {
		t.Fatalf("%s from %s: got %v, wanted %v", q.text(), f.from, listed, want)
	}
}
