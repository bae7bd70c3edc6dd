package migration

import (
	"cmp"
	"slices"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/money"
)

// Fate is what became of a staged journal.
type Fate string

// The fates of a staged journal. One of which nothing is left (all its rows were refused when it was to be posted) is dropped.
const (
	Waiting  Fate = "waiting"
	Posted   Fate = "posted"
	Dropped  Fate = "dropped"
	Reversed Fate = "reversed"
)

// StagedRow is a row that was accepted.
type StagedRow struct {
	N           int    `json:"n"`
	Account     string `json:"a"`
	Minor       string `json:"m"` // signed, in the base currency's minor units
	Description string `json:"d,omitempty"`
	Source      string `json:"s"`
	ExternalID  string `json:"x"`
}

// Staged is a journal as it will be posted.
type Staged struct {
	Document string      `json:"k,omitempty"`
	Party    string      `json:"p"`
	PartyID  string      `json:"i,omitempty"` // in the file's system
	Date     civil.Date  `json:"t"`
	Rows     []StagedRow `json:"r"`
	Fate     Fate        `json:"f"`
	Journal  string      `json:"j,omitempty"`
	Number   string      `json:"u,omitempty"`
	Reversal string      `json:"v,omitempty"`
}

// Chunk is the journals that one act posts.
type Chunk struct {
	N       int
	Version int
	Staged  []Staged
}

// Refused is a row that was rejected, and by which rules.
type Refused struct {
	Row    int           `json:"n"`
	Faults []fault.Field `json:"f"`
}

// Refusals are the rejected rows of one chunk.
type Refusals struct {
	Chunk   int
	Version int // 0 for a page that is not stored yet
	Rows    []Refused
}

// sort brings the rows into the order of the file.
func (r Refusals) sort() {
	slices.SortFunc(r.Rows, func(a, b Refused) int { return cmp.Compare(a.Row, b.Row) })
}

// identity is what a row is held by.
func (r StagedRow) identity() Identity { return Identity{Source: r.Source, ExternalID: r.ExternalID} }

// amount gives a row's signed amount.
func (r StagedRow) amount(base money.Currency) money.Money {
	m, err := money.FromMinorString(r.Minor, base)
	if err != nil {
		panic("migration: a staged amount cannot be read")
	}
	return m
}

// sum adds a journal's rows.
func (s Staged) sum(base money.Currency) money.Money {
	total := money.FromMinor(0, base)
	for _, r := range s.Rows {
		total = total.Add(r.amount(base))
	}
	return total
}

// fields makes the journal that is posted: a line for each row, and the balancing line with the party.
func (s Staged) fields(i Import, n string, base money.Currency, party string) finance.JournalFields {
	f := finance.JournalFields{Entity: i.Entity, Date: s.Date, Description: s.Party, Source: i.Source, ExternalID: i.ID + "." + n}
	if s.Document != "" {
		f.Description += ", " + s.Document
	}
	for _, r := range s.Rows {
		f.Lines = append(f.Lines, line(r.Account, r.amount(base), r.Description, ""))
	}
	if total := s.sum(base); !total.IsZero() {
		f.Lines = append(f.Lines, line(i.BalancingAccount, total.Neg(), "", party))
	}
	return f
}

// line puts an amount on its side: debit above nought, credit below.
func line(account string, amount money.Money, description, party string) finance.LineFields {
	l := finance.LineFields{Account: account, Description: description, Party: party}
	if amount.Sign() < 0 {
		amount = amount.Neg()
		l.Credit = &amount
	} else {
		l.Debit = &amount
	}
	return l
}

// Totals are the sums of an import by account, and its journals by period.
type Totals struct {
	Version  int
	Accepted map[string]Side
	Posted   map[string]Side
	Reversed map[string]Side
	Periods  map[string]int // journals posted and not reversed, by period
}

// Side is an account's debits and credits in minor units, and how many lines they are.
type Side struct {
	Debit  string `json:"d"`
	Credit string `json:"c"`
	Lines  int    `json:"n"`
}

// NewTotals makes totals of nothing.
func NewTotals() Totals {
	return Totals{Accepted: map[string]Side{}, Posted: map[string]Side{}, Reversed: map[string]Side{}, Periods: map[string]int{}}
}

// add counts one line.
func add(into map[string]Side, account string, amount money.Money) {
	s := into[account]
	d, c := s.sides(amount.Currency())
	if amount.Sign() < 0 {
		c = c.Sub(amount)
	} else {
		d = d.Add(amount)
	}
	into[account] = Side{Debit: d.MinorString(), Credit: c.MinorString(), Lines: s.Lines + 1}
}

// sides gives the sums as amounts.
func (s Side) sides(base money.Currency) (debit, credit money.Money) {
	return minor(s.Debit, base), minor(s.Credit, base)
}

func minor(text string, base money.Currency) money.Money {
	if text == "" {
		return money.FromMinor(0, base)
	}
	m, err := money.FromMinorString(text, base)
	if err != nil {
		panic("migration: a stored sum cannot be read")
	}
	return m
}

// addJournal counts a staged journal with its balancing line.
func addJournal(into map[string]Side, s Staged, balancing string, base money.Currency) {
	for _, r := range s.Rows {
		add(into, r.Account, r.amount(base))
	}
	if total := s.sum(base); !total.IsZero() {
		add(into, balancing, total.Neg())
	}
}

// takeJournal is the opposite of addJournal.
func takeJournal(from map[string]Side, s Staged, balancing string, base money.Currency) {
	one := map[string]Side{}
	addJournal(one, s, balancing, base)
	for account, x := range one {
		s := from[account]
		d, c := s.sides(base)
		xd, xc := x.sides(base)
		from[account] = Side{Debit: d.Sub(xd).MinorString(), Credit: c.Sub(xc).MinorString(), Lines: s.Lines - x.Lines}
	}
}
