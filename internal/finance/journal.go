package finance

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// JournalState is where a journal stands.
type JournalState string

// The states of a journal. A posted journal never changes but for the link to its reversal.
const (
	Draft     JournalState = "draft"
	Posted    JournalState = "posted"
	Discarded JournalState = "discarded"
)

// JournalKind is what a journal is for.
type JournalKind string

// The kinds of journal.
const (
	General  JournalKind = "general"
	Opening  JournalKind = "opening"
	Import   JournalKind = "import"
	Reversal JournalKind = "reversal"
)

const (
	journalLinesMax = 1000
	journalLinesMin = 2
)

// LineFields are one line of a journal as it is sent.
type LineFields struct {
	Account     string            `json:"account" minLength:"1" maxLength:"12" example:"7105" doc:"Code of the account"`
	Debit       *money.Money      `json:"debit,omitempty" doc:"Amount, if the line is a debit"`
	Credit      *money.Money      `json:"credit,omitempty" doc:"Amount, if the line is a credit"`
	Base        *money.Money      `json:"base,omitempty" doc:"The amount in the entity's base currency, for a line in another currency"`
	Description string            `json:"description,omitempty" maxLength:"240"`
	Dimensions  map[string]string `json:"dimensions,omitempty" maxProperties:"16" doc:"Values by dimension, e.g. cost-centre"`
	Party       string            `json:"party,omitempty" pattern:"^pty_[0-9A-HJKMNP-TV-Z]{26}$" doc:"Supplier or customer"`
}

// JournalFields are a journal as it is sent.
type JournalFields struct {
	Entity      string       `json:"entity" pattern:"^ent_[0-9A-HJKMNP-TV-Z]{26}$" doc:"The entity whose books it enters"`
	Date        civil.Date   `json:"date" doc:"Accounting date; its period must be open when the journal is posted"`
	Description string       `json:"description" minLength:"1" maxLength:"240" example:"Agency staff, week 47"`
	Series      string       `json:"series,omitempty" maxLength:"12" doc:"Number series; JRN unless named"`
	Source      string       `json:"source,omitempty" maxLength:"40" doc:"The system that the journal comes from"`
	ExternalID  string       `json:"externalId,omitempty" maxLength:"120" doc:"Its id there; unique for each source"`
	Lines       []LineFields `json:"lines" minItems:"1" maxItems:"1000"`
}

// Validate checks what needs no store.
func (f *JournalFields) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(f.Description) != "", "/description", RuleBlank)
	c.Check((f.Source == "") == (f.ExternalID == ""), "/externalId", RuleExternalPair)
	c.Check(len(f.Lines) >= journalLinesMin, "/lines", RuleTooFewLines)
	for i, l := range f.Lines {
		at := c.At("/lines/%d", i)
		if (l.Debit == nil) == (l.Credit == nil) {
			at.Add("", RuleTwoSides)
			continue
		}
		at.Check(l.amount().Sign() > 0, l.side(), RuleZeroLine)
	}
}

func (l LineFields) amount() money.Money {
	if l.Debit != nil {
		return *l.Debit
	}
	return *l.Credit
}

func (l LineFields) side() string {
	if l.Debit != nil {
		return "/debit"
	}
	return "/credit"
}

// Line is one line of a journal: the amount signed, debits above nought.
type Line struct {
	Account     string
	Amount      money.Money // in the base currency
	Foreign     money.Money // in the line's own currency, where that is another
	Description string
	Dimensions  map[string]string
	Party       string
}

// Journal is a journal in an entity's books.
type Journal struct {
	ID          string
	Number      string
	State       JournalState
	Kind        JournalKind
	Entity      string
	Date        civil.Date
	Description string
	Series      string
	Source      string
	ExternalID  string
	Batch       string // import batch it came with
	Lines       []Line
	Reverses    string
	ReversedBy  string
	CreatedBy   string
	Maker       string   // who drafted it, as four-eyes rules count
	Touched     []string // who else has changed the draft since, likewise
	PostedBy    string
	PostedAt    time.Time
	Version     int
}

// Hand is who does something to a journal: the principal, and who counts in four-eyes rules.
type Hand struct{ Principal, Maker string }

// touchedBy gives the journal with one more person who had a hand in it.
func (j Journal) touchedBy(maker string) Journal {
	if !j.touched(maker) {
		j.Touched = append(slices.Clone(j.Touched), maker)
	}
	return j
}

// touched tells whether a person drafted the journal or changed it since.
func (j Journal) touched(maker string) bool {
	return j.Maker == maker || slices.Contains(j.Touched, maker)
}

func handOf(c *op.Call) Hand { return Hand{Principal: c.Principal, Maker: c.Maker()} }

// Books is what posting must know of an entity: its chart, its calendar, and the values of the dimensions that the lines use.
type Books struct {
	Chart    Chart
	Calendar Calendar
	Values   map[DimensionKey]bool // those that exist of the values that were asked for, and whether they are in use
	Parties  map[string]bool       // likewise of the parties
}

// DimensionKey names a value of a dimension.
type DimensionKey struct{ Dimension, Value string }

// DimensionKeys lists the dimension values that a journal's lines use.
func (f JournalFields) DimensionKeys() []DimensionKey {
	seen := map[DimensionKey]bool{}
	for _, l := range f.Lines {
		for d, v := range l.Dimensions {
			seen[DimensionKey{d, v}] = true
		}
	}
	out := make([]DimensionKey, 0, len(seen))
	for k := range seen {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool {
		return out[i].Dimension+"\x00"+out[i].Value < out[j].Dimension+"\x00"+out[j].Value
	})
	return out
}

// PartyIDs lists the suppliers and customers that a journal's lines name.
func (f JournalFields) PartyIDs() []string {
	seen := map[string]bool{}
	for _, l := range f.Lines {
		if l.Party != "" {
			seen[l.Party] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Draft checks a journal against the books and makes the draft. Balance and period are checked when it is posted; the lines'
// accounts, dimensions and currencies already here.
func (b Books) Draft(id string, f JournalFields, kind JournalKind, by Hand) (Journal, error) {
	j := Journal{ID: id, State: Draft, Kind: kind, Entity: f.Entity, Date: f.Date, Description: f.Description, Series: f.Series, Source: f.Source,
		ExternalID: f.ExternalID, CreatedBy: by.Principal, Maker: by.Maker, Version: 1}
	if j.Series == "" {
		j.Series = SeriesDefault
	}
	c := fault.Collect()
	if _, ok := b.Chart.SeriesOf(j.Series); !ok {
		c.Add("/series", RuleSeriesUnknown)
	}
	for i, l := range f.Lines {
		j.Lines = append(j.Lines, b.line(c.At("/lines/%d", i), l, kind))
	}
	return j, c.Err()
}

// line makes a line of what was sent, and gathers what is wrong with it. The books balance in the base currency; the amount in
// the line's own is kept beside it.
func (b Books) line(c *fault.Collector, f LineFields, kind JournalKind) Line {
	l := Line{Account: f.Account, Description: f.Description, Dimensions: f.Dimensions, Party: f.Party, Amount: f.amount()}
	if f.amount().Currency() != b.Chart.Currency { // the sender says what it is worth: a rate of ours would be another's word
		l.Foreign = l.Amount
		if c.Check(f.Base != nil && f.Base.Currency() == b.Chart.Currency && f.Base.Sign() > 0, "/base", RuleBaseNeeded) {
			l.Amount = *f.Base
		}
	} else {
		c.Check(f.Base == nil, "/base", RuleBaseBarred)
	}
	if f.Credit != nil {
		l.Amount, l.Foreign = l.Amount.Neg(), l.Foreign.Neg()
	}
	b.party(c, f.Party, kind)
	a, ok := b.Chart.Accounts.Get(f.Account)
	switch {
	case !ok:
		c.Add("/account", RuleAccountUnknown)
		return l
	case a.Archived:
		c.Add("/account", RuleAccountClosed)
	case a.Header:
		c.Add("/account", RuleAccountHeader)
	case kind == Opening && !a.Type.OnBalanceSheet():
		c.Add("/account", RuleOpeningDone)
	}
	b.dimensions(c, a, f.Dimensions)
	return l
}

// party holds a line's party against those in use. An import finds or makes its parties itself, in the act that posts.
func (b Books) party(c *fault.Collector, id string, kind JournalKind) {
	c.Check(id == "" || kind == Import || b.Parties[id], "/party", RulePartyUnknown)
}

// dimensions holds a line's values against the account's rules: what must be there, what must not, and that each value exists and
// is in use.
func (b Books) dimensions(c *fault.Collector, a Account, have map[string]string) {
	for _, r := range a.Dimensions {
		if _, there := have[r.Dimension]; r.Presence == Required && !there {
			c.Add("/dimensions/"+fault.Escape(r.Dimension), RuleDimensionNeeded)
		}
	}
	for d, v := range have {
		at := "/dimensions/" + fault.Escape(d)
		if !c.Check(b.Chart.HasDimension(d) && b.Values[DimensionKey{d, v}], at, RuleDimensionValue) {
			continue
		}
		c.Check(a.rule(d) != Forbidden, at, RuleDimensionBarred)
	}
}

// Post decides whether a draft enters the books, and makes the posted journal; the number is given by the caller's series.
func (b Books) Post(j Journal, by string, at time.Time) (Journal, error) {
	if j.State != Draft {
		return j, RuleJournalState.Err()
	}
	c := fault.Collect()
	c.Check(len(j.Lines) >= journalLinesMin, "/lines", RuleTooFewLines)
	sum, whole := money.FromMinor(0, b.Chart.Currency), true
	for _, l := range j.Lines {
		if l.Amount.Currency() != b.Chart.Currency { // refused for want of its base amount, without which nothing can be summed
			whole = false
			continue
		}
		sum = sum.Add(l.Amount)
	}
	if whole && !sum.IsZero() {
		c.Say("/lines", RuleUnbalanced, fmt.Sprintf("Debits and credits differ by %s %s.", sum.Amount(), sum.Currency()))
	}
	if err := b.Calendar.Postable(j.Date, "/date"); err != nil { // told together with what else is wrong
		f := fault.Of(err).Fields[0]
		c.Say(f.Pointer, fault.Rule{Code: f.Code, Kind: fault.Invalid, Text: f.Message}, f.Message)
	}
	j.State, j.PostedBy, j.PostedAt = Posted, by, at
	return j, c.Err()
}

// Reverse makes the journal that undoes a posted one: the same lines with the signs turned, on a date, and the original with
// its link.
func (j Journal) Reverse(id string, on civil.Date, by Hand, why string) (reversal, original Journal, err error) {
	if j.State != Posted {
		return j, j, RuleJournalState.Err()
	}
	if j.ReversedBy != "" {
		return j, j, RuleReversed.Err()
	}
	r := Journal{ID: id, State: Draft, Kind: Reversal, Entity: j.Entity, Date: on, Description: why, Series: j.Series, Reverses: j.ID,
		Batch: j.Batch, CreatedBy: by.Principal, Maker: by.Maker, Version: 1}
	for _, l := range j.Lines { // history is never rewritten: what was wrong stays to be seen beside what undid it
		l.Amount, l.Foreign = l.Amount.Neg(), l.Foreign.Neg()
		r.Lines = append(r.Lines, l)
	}
	j.ReversedBy = id
	j.Version++
	return r, j, nil
}
