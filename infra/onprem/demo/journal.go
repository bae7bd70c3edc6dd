package demo

import (
	"fmt"
	"sort"
	"time"
)

// line is one line of a journal: pence in pounds' books, debits above nought. A line in euros has its cents besides.
type line struct {
	account string
	pence   int64
	cents   int64
	centre  string
	project string
	party   string
}

// journal is one journal of the company, before the system knows it.
type journal struct {
	day      string
	text     string
	series   string // INV for sales invoices
	document string // number at its source; empty for what the bookkeeper makes up
	lines    []line
}

// in puts the line on a cost centre.
func (l line) in(centre string) line { l.centre = centre; return l }

// on puts the line on a project.
func (l line) on(project string) line { l.project = project; return l }

// of names whose the line is.
func (l line) of(party string) line { l.party = party; return l }

// euros gives the line its amount in euros.
func (l line) euros(cents int64) line { l.cents = cents; return l }

func dr(account string, pence int64) line { return line{account: account, pence: pence} }
func cr(account string, pence int64) line { return line{account: account, pence: -pence} }

// wire gives the journal in the form of the interface.
func (j journal) wire(entity string, parties map[string]string) map[string]any {
	lines := make([]map[string]any, 0, len(j.lines))
	for _, l := range j.lines {
		lines = append(lines, l.wire(parties))
	}
	out := map[string]any{"entity": entity, "date": j.day, "description": j.text, "lines": lines}
	if j.series != "" {
		out["series"] = j.series
	}
	if j.document != "" {
		out["source"], out["externalId"] = "paper", j.document
	}
	return out
}

func (l line) wire(parties map[string]string) map[string]any {
	out := map[string]any{"account": l.account}
	side, amount := "debit", money(l.pence, "GBP")
	if l.cents != 0 {
		out["base"], amount = amount, money(l.cents, "EUR")
	}
	if l.pence < 0 {
		side = "credit"
	}
	out[side] = amount
	dimensions := map[string]string{}
	if l.centre != "" {
		dimensions["cost-centre"] = l.centre
	}
	if l.project != "" {
		dimensions["project"] = l.project
	}
	if len(dimensions) > 0 {
		out["dimensions"] = dimensions
	}
	if l.party != "" {
		out["party"] = parties[l.party]
	}
	return out
}

// money writes an amount without its sign.
func money(minor int64, currency string) map[string]string {
	if minor < 0 {
		minor = -minor
	}
	return map[string]string{"amount": fmt.Sprintf("%d.%02d", minor/100, minor%100), "currency": currency}
}

// month is one month of the books, counted from April 2024; those before it have negative numbers.
type month int

// day gives a day of the month, or its last one where it has fewer.
func (m month) day(d int) string {
	first := time.Date(2024, time.April+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
	if last := first.AddDate(0, 1, -1).Day(); d > last {
		d = last
	}
	return first.AddDate(0, 0, d-1).Format("2006-01-02")
}

func (m month) name() string { return m.time().Format("January 2006") }
func (m month) code() string { return m.time().Format("0601") }
func (m month) calendar() time.Month {
	return m.time().Month()
}
func (m month) time() time.Time {
	return time.Date(2024, time.April+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
}

// secondYear tells whether the month lies in the second fiscal year.
func (m month) secondYear() bool { return m >= 12 }

const lastOfMonth = 31

// byDay orders journals by date; those of one day keep their order.
func byDay(all []journal) []journal {
	sort.SliceStable(all, func(i, j int) bool { return all[i].day < all[j].day })
	return all
}
