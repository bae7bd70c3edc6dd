package migration

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/migration/mappings"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// The longest texts of a row, in characters. They keep a staged chunk under the size of an item.
const (
	partyCharsMax       = 160
	descriptionCharsMax = 240
	documentCharsMax    = 60
	sourceCharsMax      = 40
	externalIDCharsMax  = 120
)

// Defaults stand in for cells that are empty and columns that the mapping does not name.
type Defaults struct {
	Account     string `json:"account,omitempty" maxLength:"12" doc:"Code of an account"`
	Party       string `json:"party,omitempty" maxLength:"160"`
	Description string `json:"description,omitempty" maxLength:"240"`
}

// reader turns rows of a file into fields, as one import's mapping says.
type reader struct {
	layout   layout
	mapping  MappingFields
	defaults Defaults
	source   string
	accounts map[string]string // by the key of the text
	base     money.Currency

	worksheet  bool // cells have the names of a worksheet's
	semicolons bool // stand between the cells
}

func newReader(s sheet, m MappingFields, d Defaults, source string, base money.Currency) (*reader, error) {
	at, err := m.Columns.layOut(s.heading)
	if err != nil {
		return nil, err
	}
	r := &reader{layout: at, mapping: m, defaults: d, source: source, base: base, worksheet: s.numbered, semicolons: s.semicolons, accounts: make(map[string]string, len(m.AccountValues))}
	for _, v := range m.AccountValues {
		r.accounts[mappings.Key(v.Match)] = v.Account
	}
	return r, nil
}

// entry is a row in our fields. What could not be read of it is told by its faults.
type entry struct {
	n               int // row number
	source          string
	externalID      string
	document        string
	party           string
	partyExternalID string
	dateText        string
	date            civil.Date
	account         string
	description     string
	amount          money.Money
	readable        bool // whether the amount could be read
	faults          []fault.Rule
}

// read takes one row. All that is wrong with it is told at once.
func (r *reader) read(row sheetRow) entry {
	e := entry{n: row.n, source: r.source}
	if row.bad != nil {
		e.faults = []fault.Rule{*row.bad}
		return e
	}
	at := r.layout
	e.source, e.externalID = row.cell(at.source, r.source), row.cell(at.externalID, "")
	e.document, e.party = row.cell(at.document, ""), row.cell(at.party, r.defaults.Party)
	e.partyExternalID, e.description = row.cell(at.partyExternalID, ""), row.cell(at.description, r.defaults.Description)
	e.dateText = row.cell(at.date, "")
	if at.externalID < 0 {
		e.externalID = contentID(row.cells)
	} else if e.externalID == "" {
		e.say(RowNoID)
	}
	r.account(&e, row)
	r.day(&e)
	r.amount(&e, row)
	if finance.FoldName(e.party) == "" {
		e.say(RowNoParty)
	}
	r.spoilt(&e, row)
	r.texts(&e)
	return e
}

// texts checks the texts of a row: a control character would go on into journals, files and printed pages.
func (r *reader) texts(e *entry) {
	long, control := false, false
	for _, t := range []struct {
		text string
		most int
	}{{e.party, partyCharsMax}, {e.description, descriptionCharsMax}, {e.document, documentCharsMax}, {e.source, sourceCharsMax},
		{e.externalID, externalIDCharsMax}, {e.partyExternalID, externalIDCharsMax}} {
		long, control = long || utf8.RuneCountInString(t.text) > t.most, control || !op.Printable(t.text)
	}
	if long {
		e.say(RowTooLong)
	}
	if control {
		e.say(RowControl)
	}
}

func (e *entry) say(rule fault.Rule) { e.faults = append(e.faults, rule) }

// contentID tells rows apart that have no id of their own: by what they hold. A repeat within the file gets its count added.
func contentID(cells []string) string {
	sum := sha256.Sum256([]byte(strings.Join(cells, "\x00")))
	return hex.EncodeToString(sum[:16])
}

func (r *reader) account(e *entry, row sheetRow) {
	text := row.cell(r.layout.account, "")
	switch code, mapped := r.accounts[mappings.Key(text)]; {
	case text == "" && r.defaults.Account != "":
		e.account = r.defaults.Account
	case text == "":
		e.say(RowNoAccount)
	case len(r.accounts) == 0:
		e.account = text
	case mapped:
		e.account = code
	default:
		e.say(RowUnmapped)
	}
}

// layouts are the forms of dates by their names in a mapping.
var layouts = map[string]string{"YYYY-MM-DD": time.DateOnly, "DD/MM/YYYY": "02/01/2006", "MM/DD/YYYY": "01/02/2006", "DD-MM-YYYY": "02-01-2006",
	"DD.MM.YYYY": "02.01.2006", "YYYYMMDD": "20060102"}

func (r *reader) day(e *entry) {
	if e.dateText == "" {
		e.say(RowNoDate)
		return
	}
	at, err := time.Parse(layouts[r.mapping.DateFormat], e.dateText)
	if err == nil {
		e.date, err = civil.ParseDate(at.Format(time.DateOnly))
	}
	if err != nil {
		e.say(RowDate)
	}
}

var grouped = regexp.MustCompile(`^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

func (r *reader) amount(e *entry, row sheetRow) {
	code := row.cell(r.layout.currency, r.mapping.Currency)
	if code == "" {
		code = string(r.base)
	}
	currency, err := money.ParseCurrency(code)
	if err != nil {
		e.say(RowCurrency)
		return
	}
	if currency != r.base {
		e.say(RowForeign)
	}
	text := row.cell(r.layout.amount, "")
	if text == "" {
		e.say(RowNoAmount)
		return
	}
	if grouped.MatchString(text) && (!r.semicolons || strings.Contains(text, ".")) { // 1,234 may be read in two ways there
		text = strings.ReplaceAll(text, ",", "")
	}
	amount, err := money.Parse(text, currency)
	switch {
	case errors.Is(err, money.ErrTooManyDecimals):
		e.say(RowDecimals)
	case errors.Is(err, money.ErrTooLarge):
		e.say(RowTooLarge)
	case err != nil:
		e.say(RowAmount)
	default:
		e.amount, e.readable = amount, currency == r.base
		if amount.IsZero() {
			e.say(RowZero)
		}
	}
}

// groupKey is what the rows of one document share: its number, the party and the date. A row without a number stands alone.
func (e entry) groupKey() string {
	if e.document == "" {
		return ""
	}
	return e.document + "\x00" + finance.FoldName(e.party) + "\x00" + e.dateText
}

// identity is what a row is held by, so that it enters the books once only.
func (e entry) identity() Identity { return Identity{Source: e.source, ExternalID: e.externalID} }

// Identity tells a row from all others that were ever imported.
type Identity struct{ Source, ExternalID string }
