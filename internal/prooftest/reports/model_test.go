// Package reports holds the ledger's reports against sums in plain Go over the same random journals: what one adds up by
// reading every line must be what the system reads off its balances.
package reports

import (
	"slices"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
)

// line is a posted line as the model keeps it.
type line struct {
	account string
	date    civil.Date
	minor   int64 // in pence, debits above nought
	values  map[string]string
	journal string
	place   int
}

// model are all lines, and the accounts' types.
type model struct {
	lines []line
	types map[string]finance.AccountType
	class map[string]string
}

// filter picks lines by dates, both ends included, and by dimension values; a zero from is the beginning of the books.
type filter struct {
	from, to civil.Date
	values   map[string]string
}

func (f filter) takes(l line) bool {
	if l.date.After(f.to) || !f.from.IsZero() && l.date.Before(f.from) {
		return false
	}
	for d, v := range f.values {
		if l.values[d] != v {
			return false
		}
	}
	return true
}

// nets sums the lines that a filter takes, by account.
func (m model) nets(f filter) map[string]int64 {
	out := map[string]int64{}
	for _, l := range m.lines {
		if f.takes(l) {
			out[l.account] += l.minor
		}
	}
	return out
}

// yearOf gives the first day of the fiscal year, which begins in April, that a day belongs to.
func yearOf(day civil.Date) civil.Date {
	year := day.Year()
	if day.Month() < 4 {
		year--
	}
	return civil.Of(year, 4, 1)
}

// profit is income less expense.
func (m model) profit(f filter) int64 {
	var sum int64
	for account, net := range m.nets(f) {
		if !m.types[account].OnBalanceSheet() {
			sum -= net
		}
	}
	return sum
}

// side sums the nets of a type of account, on its own side.
func (m model) side(f filter, of finance.AccountType) int64 {
	var sum int64
	for account, net := range m.nets(f) {
		switch {
		case m.types[account] != of:
		case of == finance.Asset || of == finance.Expense:
			sum += net
		default:
			sum -= net
		}
	}
	return sum
}

// entries gives the lines of an account that a filter takes, by date.
func (m model) entries(account string, f filter) []line {
	var out []line
	for _, l := range m.lines {
		if l.account == account && f.takes(l) {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b line) int { return a.date.Compare(b.date) })
	return out
}

// journals gives the journals that a filter takes, by date.
func (m model) journals(f filter) []line {
	var out []line
	seen := map[string]bool{}
	for _, l := range m.lines {
		if !seen[l.journal] && f.takes(l) {
			seen[l.journal] = true
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b line) int { return a.date.Compare(b.date) })
	return out
}

// debits sums the debits of those lines of a journal that a filter takes.
func (m model) debits(journal string, f filter) int64 {
	var sum int64
	for _, l := range m.lines {
		if l.journal == journal && l.minor > 0 && f.takes(l) {
			sum += l.minor
		}
	}
	return sum
}
