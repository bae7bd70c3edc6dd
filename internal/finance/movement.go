package finance

import (
	"slices"
	"sort"
	"strings"

	"backoffice/internal/civil"
	"backoffice/internal/money"
)

// BalanceKey names a balance: an account and currency, in one view of the books. The view with no dimensions is the whole;
// each dimension that a line carries makes a view of its own, and so does each combination that the entity names.
type BalanceKey struct {
	View     string // dimension codes joined by "+", "" for the whole
	Values   string // the dimensions' values in the view's order, joined by "+"
	Account  string
	Currency string
}

// Movement is what moved on one balance on one day, in the base currency and, for a foreign line, in its own.
type Movement struct {
	Key           BalanceKey
	Date          civil.Date
	Debit, Credit money.Money
	Foreign       money.Money // net
}

// Movements lists what a journal moves: each line once in every view that it belongs to.
func (j Journal) Movements(combinations [][]string) []Movement {
	var out []Movement
	for _, l := range j.Lines {
		m := Movement{Date: j.Date, Foreign: l.Foreign}
		// Balances are kept for each currency apart, though summed in the base currency, so that what is owed in euros can be
		// told at any date, and valued anew.
		currency := l.Amount.Currency()
		if l.Foreign.Currency() != "" {
			currency = l.Foreign.Currency()
		}
		if l.Amount.Sign() > 0 {
			m.Debit = l.Amount
		} else {
			m.Credit = l.Amount.Neg()
		}
		for _, v := range l.views(combinations) {
			m.Key = BalanceKey{View: v[0], Values: v[1], Account: l.Account, Currency: string(currency)}
			out = append(out, m)
		}
	}
	return out
}

// views lists the views that a line belongs to, each with the line's values.
func (l Line) views(combinations [][]string) [][2]string {
	out := [][2]string{{"", ""}}
	dims := make([]string, 0, len(l.Dimensions))
	for d := range l.Dimensions {
		dims = append(dims, d)
	}
	sort.Strings(dims)
	for _, d := range dims {
		out = append(out, [2]string{d, l.Dimensions[d]})
	}
	for _, c := range combinations {
		values := make([]string, len(c))
		whole := len(c) > 1
		for i, d := range c { // a line that lacks one of the dimensions is no part of the combination
			v, there := l.Dimensions[d]
			whole = whole && there
			values[i] = v
		}
		view := [2]string{strings.Join(c, "+"), strings.Join(values, "+")}
		if whole && !slices.Contains(out, view) { // entities of older releases may name a combination twice
			out = append(out, view)
		}
	}
	return out
}

// Selection is the part of the books that a report shows: a view, and the values in it. The zero value is the whole.
type Selection struct{ View, Values string }

// Select finds the view that serves a filter by dimension values; balances are kept for each dimension singly and for the
// combinations that the entity names.
func (c Chart) Select(filter map[string]string) (Selection, error) {
	switch len(filter) {
	case 0:
		return Selection{}, nil
	case 1:
		for d, v := range filter {
			if !c.HasDimension(d) {
				return Selection{}, RuleViewUnknown.At("dimension")
			}
			return Selection{View: d, Values: v}, nil
		}
	}
	for _, view := range c.Views { // each view has its dimensions in one order
		values := make([]string, 0, len(view))
		for _, d := range view {
			if v, ok := filter[d]; ok {
				values = append(values, v)
			}
		}
		if len(values) == len(filter) && len(view) == len(filter) {
			return Selection{View: strings.Join(view, "+"), Values: strings.Join(values, "+")}, nil
		}
	}
	return Selection{}, RuleViewUnknown.At("dimension")
}

// PeriodTotals is what moved on one account in one calendar month.
type PeriodTotals struct {
	Account       string
	Currency      string
	Period        civil.Period
	Debit, Credit money.Money
	Foreign       money.Money
}

// DayTotals is what moved on one account on one day.
type DayTotals struct {
	Account       string
	Currency      string
	Date          civil.Date
	Debit, Credit money.Money
	Foreign       money.Money
}

// LedgerEntry is a line of a journal as the ledger of its account shows it.
type LedgerEntry struct {
	Account     string            `json:"account"`
	Date        civil.Date        `json:"date"`
	Journal     string            `json:"journal" doc:"jrn_…, for drilling down"`
	Number      string            `json:"number"`
	Line        int               `json:"line" doc:"Place of the line in its journal, from 0"`
	Description string            `json:"description"`
	Debit       *money.Money      `json:"debit,omitempty"`
	Credit      *money.Money      `json:"credit,omitempty"`
	Dimensions  map[string]string `json:"dimensions,omitempty"`
	Party       string            `json:"party,omitempty"`
}

// ListedJournal is a posted journal as the journal listing shows it.
type ListedJournal struct {
	ID          string       `json:"id"`
	Number      string       `json:"number"`
	Date        civil.Date   `json:"date"`
	Kind        JournalKind  `json:"kind"`
	Description string       `json:"description"`
	Source      string       `json:"source,omitempty"`
	ExternalID  string       `json:"externalId,omitempty"`
	Batch       string       `json:"batch,omitempty"`
	Total       money.Money  `json:"total"`
	PostedBy    string       `json:"postedBy"`
	Period      civil.Period `json:"period"`
}
