package finance

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/finance/charts"
	"backoffice/internal/money"
)

// AccountType is the side of the books an account belongs to.
type AccountType string

// The five types of account.
const (
	Asset     AccountType = "asset"
	Liability AccountType = "liability"
	Equity    AccountType = "equity"
	Income    AccountType = "income"
	Expense   AccountType = "expense"
)

// OnBalanceSheet tells whether balances are carried over the year end.
func (t AccountType) OnBalanceSheet() bool { return t == Asset || t == Liability || t == Equity }

// Presence says whether lines on an account carry a dimension.
type Presence string

// The presences of a dimension; an account that names none leaves it optional.
const (
	Required  Presence = "required"
	Forbidden Presence = "forbidden"
)

// DimensionRule is an account's rule about one dimension.
type DimensionRule struct {
	Dimension string   `json:"dimension" maxLength:"24" example:"cost-centre" dynamo:"d"`
	Presence  Presence `json:"presence" enum:"required,forbidden" dynamo:"p"`
}

// AccountFields are what can be said and changed of an account.
type AccountFields struct {
	Name       string          `json:"name" minLength:"1" maxLength:"120" example:"Agency staff" dynamo:"n"`
	Type       AccountType     `json:"type" enum:"asset,liability,equity,income,expense" dynamo:"t"`
	Class      string          `json:"class" minLength:"1" maxLength:"60" pattern:"^[a-z][a-z0-9-]*$" example:"administrative-expenses" doc:"Line of the balance sheet or profit and loss account" dynamo:"c"`
	Parent     string          `json:"parent,omitempty" maxLength:"12" doc:"Code of the header above" dynamo:"p,omitempty"`
	Header     bool            `json:"header,omitempty" doc:"A header takes no postings" dynamo:"h,omitempty"`
	Control    string          `json:"control,omitempty" enum:"debtors,creditors,bank,vat,stock,payroll" doc:"Which subledger the account controls" dynamo:"k,omitempty"`
	Dimensions []DimensionRule `json:"dimensions,omitempty" maxItems:"16" dynamo:"r,omitempty"`
}

// Account is one account of an entity's chart. Its id is the entity's id, a full stop and its code, so that an account is
// addressed by what accountants call it.
type Account struct {
	ID     string `json:"id" doc:"<entity id>.<code>" dynamo:"-"`
	Entity string `json:"entity" dynamo:"-"`
	Code   string `json:"code" dynamo:"-"`
	AccountFields
	Archived bool `json:"archived" dynamo:"x,omitempty"`
	Version  int  `json:"version" dynamo:"v"`
}

// RecordVersion gives the version for the ETag.
func (a Account) RecordVersion() int { return a.Version }

// Location gives the record's address.
func (a Account) Location() string { return "/finance/v1/accounts/" + a.ID }

var accountCode = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,11}$`)

// accountsMax bounds a chart, which is one item of the store (400 KB).
const accountsMax = 2000

// Chart is an entity's chart of accounts with what posting must know besides: the base currency, the dimensions, the number
// series. It is read as one item on every posting and changed rarely.
type Chart struct {
	Entity     string
	Currency   money.Currency
	Accounts   Accounts
	Dimensions []Dimension
	Views      [][]string // combinations of dimensions that balances are kept for, besides each dimension singly
	Series     []Series
	Version    int
}

// Dimension is a way of analysing lines.
type Dimension struct {
	Code string `json:"code" dynamo:"c"`
	Name string `json:"name" dynamo:"n"`
}

// Series is a series of document numbers.
type Series struct {
	Code    string `json:"code" dynamo:"c"`
	Gapless bool   `json:"gapless" dynamo:"g,omitempty"`
}

// SeriesDefault is the series of journals that name none.
const SeriesDefault = "JRN"

// standardDimensions are those that every entity has.
func standardDimensions() []Dimension {
	return []Dimension{{"cost-centre", "Cost centre"}, {"department", "Department"}, {"project", "Project"}, {"fund", "Fund"}}
}

func isStandardDimension(code string) bool {
	return slices.ContainsFunc(standardDimensions(), func(d Dimension) bool { return d.Code == code })
}

// NewChart makes the chart of a new entity from a template, or an empty one.
func NewChart(entity string, currency money.Currency, template string) (Chart, error) {
	c := Chart{Entity: entity, Currency: currency, Version: 1, Series: []Series{{Code: SeriesDefault}},
		Dimensions: standardDimensions()}
	if template == "" {
		return c, nil
	}
	raw, ok := charts.Template(template)
	if !ok {
		return c, RuleChartUnknown.At("/chart")
	}
	var file struct {
		Accounts []struct {
			Code string `json:"code"`
			AccountFields
		} `json:"accounts"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return c, fmt.Errorf("chart template %s: %w", template, err)
	}
	byCode := make(map[string]Account, len(file.Accounts))
	for _, r := range file.Accounts {
		byCode[r.Code] = Account{AccountFields: r.AccountFields, Version: 1}
	}
	c.Accounts = AccountsOf(entity, byCode)
	return c, nil
}

func accountID(entity, code string) string { return entity + "." + code }

// SplitID takes an id made of an entity and a code apart.
func SplitID(text string) (entity, code string, ok bool) {
	entity, code, ok = strings.Cut(text, ".")
	return entity, code, ok && entity != "" && code != ""
}

// Sorted lists the accounts by code.
func (c Chart) Sorted() []Account {
	out := make([]Account, 0, c.Accounts.Len())
	for _, a := range c.Accounts.All() {
		out = append(out, a)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Code < out[j].Code })
	return out
}

// HasDimension tells whether the entity analyses by a dimension.
func (c Chart) HasDimension(code string) bool {
	for _, d := range c.Dimensions {
		if d.Code == code {
			return true
		}
	}
	return false
}

// SeriesOf finds a number series.
func (c Chart) SeriesOf(code string) (Series, bool) {
	for _, s := range c.Series {
		if s.Code == code {
			return s, true
		}
	}
	return Series{}, false
}

// Add puts a new account into the chart.
func (c Chart) Add(code string, f AccountFields) (Account, error) {
	faults := fault.Collect()
	faults.Check(accountCode.MatchString(code), "/code", RuleAccountCode)
	if _, taken := c.Accounts.Get(code); taken {
		faults.Add("/code", RuleAccountTaken)
	}
	if c.Accounts.Len() >= accountsMax {
		faults.Add("/code", RuleChartFull)
	}
	c.checkFields(faults, f)
	a := Account{ID: accountID(c.Entity, code), Entity: c.Entity, Code: code, AccountFields: f, Version: 1}
	return a, faults.Err()
}

// Change gives an account other fields. Type and header stay: what has been posted by them would come to stand elsewhere in the
// reports, or on an account that takes no postings.
func (c Chart) Change(a Account, f AccountFields) (Account, error) {
	if a.Archived {
		return a, RuleAccountArchived.Err()
	}
	faults := fault.Collect()
	c.checkFields(faults, f)
	faults.Check(!c.below(a.Code, f.Parent), "/parent", RuleAccountParent)
	faults.Check(f.Type == a.Type, "/type", RuleAccountFixed)
	faults.Check(f.Header == a.Header, "/header", RuleAccountFixed)
	// The code stays, too: it is how everybody outside names the account (ADR 0002), so it is no field at all.
	a.AccountFields = f
	a.Version++
	return a, faults.Err()
}

// below tells whether an account stands below another, or is it.
func (c Chart) below(above, code string) bool {
	for code != "" { // ends, since no account was ever put below itself
		if code == above {
			return true
		}
		a, _ := c.Accounts.Get(code)
		code = a.Parent
	}
	return false
}

// Archive takes an account out of use; its history stays.
func (c Chart) Archive(a Account) (Account, error) {
	if a.Archived {
		return a, RuleAccountArchived.Err()
	}
	for _, b := range c.Accounts.All() { // no account in use stands under one that is not
		if b.Parent == a.Code && !b.Archived {
			return a, RuleAccountInUse.Err()
		}
	}
	a.Archived = true
	a.Version++
	return a, nil
}

func (c Chart) checkFields(faults *fault.Collector, f AccountFields) {
	faults.Check(strings.TrimSpace(f.Name) != "", "/name", RuleBlank)
	if f.Parent != "" { // a statement sums what is below a header with it, so both are of one type
		p, ok := c.Accounts.Get(f.Parent)
		faults.Check(ok && p.Header && p.Type == f.Type && !p.Archived, "/parent", RuleAccountParent)
	}
	ruled := map[string]bool{}
	for i, d := range f.Dimensions {
		at := faults.At("/dimensions/%d", i)
		at.Check(c.HasDimension(d.Dimension), "/dimension", RuleDimensionRule)
		at.Check(!ruled[d.Dimension], "/dimension", RuleDimensionTwice) // one that asks for it and one that forbids it let nothing in
		ruled[d.Dimension] = true
	}
}

// rule gives the account's rule about a dimension, "" for optional.
func (a Account) rule(dimension string) Presence {
	for _, d := range a.Dimensions {
		if d.Dimension == dimension {
			return d.Presence
		}
	}
	return ""
}
