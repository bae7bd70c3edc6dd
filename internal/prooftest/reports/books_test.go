package reports

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
)

// books are an entity's books with random journals, and the model of them.
type books struct {
	*financetest.Books
	model
	dice *rand.Rand
}

const journalsInBooks = 140

var (
	accounts   = []string{"0010", "1100", "1200", "1210", "2100", "2201", "3000", "3200", "4000", "4010", "7105", "7200"}
	dimensions = map[string][]string{"cost-centre": {"100", "200", "A-1"}, "project": {"P1", "P2"}}
	// edges are days at which reports are cut wrongly if they are: ends of months, years and leap Februaries.
	edges = []string{"2026-04-01", "2026-04-30", "2026-05-01", "2026-12-31", "2027-01-01", "2027-02-28", "2027-03-01", "2027-03-31", "2027-04-01",
		"2028-02-28", "2028-02-29", "2028-03-01", "2028-03-30", "2028-03-31"}
	// first and last are the ends of the books' fiscal years.
	first, last = civil.Of(2026, 4, 1), civil.Of(2028, 3, 31)
)

// newBooks opens two fiscal years and posts random journals, taken up in random batches.
func newBooks(t *testing.T, seed uint64) *books {
	t.Helper()
	b := &books{Books: financetest.New(t), dice: rand.New(rand.NewPCG(seed, 0)), model: model{types: map[string]finance.AccountType{}, class: map[string]string{}}}
	b.Do(optest.Call{Op: &finance.CreateEntity, Body: `{"name":"Analysed Ltd","baseCurrency":"GBP","fiscalYearStart":4,"chart":"uk-frs102-small",
		"balanceViews":[["project","cost-centre"]]}`}).Must(&b.Entity)
	b.OpenYear("2026-04")
	b.OpenYear("2027-04")
	for d, values := range dimensions {
		for _, v := range values {
			b.Do(optest.Call{Op: finance.DimensionValues.Create(), Body: map[string]any{"entity": b.Entity.ID, "dimension": d, "code": v, "name": v}}).Must(nil)
		}
	}
	for _, code := range accounts {
		var a finance.Account
		b.Do(optest.Call{Op: &finance.GetAccount, Path: map[string]string{"accountId": b.Entity.ID + "." + code}}).Must(&a)
		b.types[code], b.class[code] = a.Type, a.Class
	}
	for range journalsInBooks {
		b.post()
		if b.dice.IntN(9) == 0 {
			b.Project()
		}
	}
	b.Project()
	return b
}

// post posts a random journal, or reverses one.
func (b *books) post() {
	if b.dice.IntN(8) == 0 && len(b.lines) > 0 {
		b.reverse(b.lines[b.dice.IntN(len(b.lines))])
		return
	}
	date := b.day()
	var lines []line
	var sum int64
	for range 1 + b.dice.IntN(7) {
		l := line{account: accounts[b.dice.IntN(len(accounts))], date: date, minor: b.amount(), values: b.values()}
		sum += l.minor
		lines = append(lines, l)
	}
	if sum == 0 {
		lines, sum = append(lines, line{account: accounts[0], date: date, minor: 1}), 1
	}
	lines = append(lines, line{account: accounts[b.dice.IntN(len(accounts))], date: date, minor: -sum, values: b.values()})
	body := make([]any, len(lines))
	for i, l := range lines {
		body[i] = b.sent(l)
	}
	var j finance.JournalView
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: map[string]any{"entity": b.Entity.ID, "date": date, "description": "Random", "lines": body}}).Must(&j)
	for i := range lines {
		lines[i].journal, lines[i].place = j.ID, i
	}
	b.lines = append(b.lines, lines...)
}

// reverse undoes the journal of a line, unless that has been done.
func (b *books) reverse(of line) {
	a := b.Do(optest.Call{Op: &finance.ReverseJournal, Path: map[string]string{"journalId": of.journal}, Version: 1, Body: map[string]string{"mode": "correct", "reason": "Undone"}})
	if a.Status == 409 || a.Status == 412 {
		return
	}
	var j finance.JournalView
	a.Must(&j)
	for _, l := range b.lines {
		if l.journal == of.journal {
			l.journal, l.minor = j.ID, -l.minor
			b.lines = append(b.lines, l)
		}
	}
}

// sent renders a line, now and then in a foreign currency, whose base amount is what counts.
func (b *books) sent(l line) map[string]any {
	side, minor := "debit", l.minor
	if minor < 0 {
		side, minor = "credit", -minor
	}
	pounds := map[string]string{"amount": fmt.Sprintf("%d.%02d", minor/100, minor%100), "currency": "GBP"}
	out := map[string]any{"account": l.account, side: pounds}
	if b.dice.IntN(5) == 0 {
		foreign := []map[string]string{{"amount": "7", "currency": "JPY"}, {"amount": "1.25", "currency": "USD"}, {"amount": "0.005", "currency": "KWD"}}[b.dice.IntN(3)]
		out[side], out["base"] = foreign, pounds
	}
	if len(l.values) > 0 {
		out["dimensions"] = l.values
	}
	return out
}

func (b *books) day() civil.Date {
	if b.dice.IntN(2) == 0 {
		return day(edges[b.dice.IntN(len(edges))])
	}
	return first.AddDays(b.dice.IntN(first.DaysUntil(last) + 1))
}

func day(text string) civil.Date {
	d, err := civil.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func (b *books) amount() int64 {
	minor := []int64{1, 5, 99, 100, 123_456, 9_999_999_999}[b.dice.IntN(6)]
	if b.dice.IntN(2) == 0 {
		minor = 1 + b.dice.Int64N(1_000_000)
	}
	if b.dice.IntN(2) == 0 {
		return -minor
	}
	return minor
}

func (b *books) values() map[string]string {
	out := map[string]string{}
	for _, d := range []string{"cost-centre", "project"} {
		if b.dice.IntN(3) > 0 {
			out[d] = dimensions[d][b.dice.IntN(len(dimensions[d]))]
		}
	}
	return out
}
