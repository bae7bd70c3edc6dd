package migration

import (
	"fmt"
	"maps"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/migration/mappings"
	"backoffice/internal/money"
	"backoffice/internal/resource"
)

// Mapping is a saved mapping: how a kind of file becomes records.
type Mapping struct {
	resource.Head
	MappingFields
}

// Location gives the record's address.
func (m Mapping) Location() string { return "/migration/v1/mappings/" + m.ID }

// MappingFields say how a file's columns and values become journals.
type MappingFields struct {
	Name             string         `json:"name" minLength:"1" maxLength:"80" example:"Purchase ledger export"`
	Columns          Columns        `json:"columns" doc:"The file's heading for each of our fields; a column may serve two"`
	DateFormat       string         `json:"dateFormat" enum:"YYYY-MM-DD,DD/MM/YYYY,MM/DD/YYYY,DD-MM-YYYY,DD.MM.YYYY,YYYYMMDD" doc:"How the file writes dates; a worksheet's own dates need no form"`
	Worksheet        string         `json:"worksheet,omitempty" maxLength:"31" example:"Purchases" doc:"Which worksheet is read where the file is a workbook; the first that is not hidden unless said. No matter for CSV"`
	Currency         string         `json:"currency,omitempty" pattern:"^[A-Z]{3}$" example:"GBP" doc:"Of every amount, when no column says it; otherwise the entity's base currency"`
	PartyKind        string         `json:"partyKind,omitempty" enum:"supplier,customer" doc:"What the other party of a row is; supplier unless said"`
	BalancingAccount string         `json:"balancingAccount,omitempty" maxLength:"12" example:"2100" doc:"Takes the other side of every journal, unless the import names another"`
	AccountValues    []AccountValue `json:"accountValues,omitempty" maxItems:"2000" doc:"Which account takes the rows whose account column reads a text. With none the column holds the accounts' codes"`
}

// Columns name the file's heading for each field.
type Columns struct {
	ExternalID      string `json:"externalId,omitempty" maxLength:"80" doc:"Tells rows apart; without it the row's content does"`
	Party           string `json:"party,omitempty" maxLength:"80" doc:"Name of the supplier or customer"`
	PartyExternalID string `json:"partyExternalId,omitempty" maxLength:"80" doc:"The party's id in the file's system"`
	Document        string `json:"document,omitempty" maxLength:"80" doc:"Document number: rows that share it, party and date are one journal"`
	Amount          string `json:"amount" minLength:"1" maxLength:"80" doc:"Signed amount: a debit above nought, a credit below"`
	Date            string `json:"date" minLength:"1" maxLength:"80"`
	Description     string `json:"description,omitempty" maxLength:"80"`
	Account         string `json:"account,omitempty" maxLength:"80" doc:"Text that the account values match, or the account's code"`
	Currency        string `json:"currency,omitempty" maxLength:"80"`
	Source          string `json:"source,omitempty" maxLength:"80" doc:"Where the row comes from; part of its identity"`
}

// AccountValue sends the rows with a text to an account.
type AccountValue struct {
	Match   string `json:"match" minLength:"1" maxLength:"240" example:"agency staff" doc:"Compared without regard to capitals and to the number of spaces"`
	Account string `json:"account" minLength:"1" maxLength:"12" example:"7105"`
}

// Validate checks what the schema cannot say.
func (m *MappingFields) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(m.Name) != "", "/name", RuleBlank)
	if m.Currency != "" {
		_, err := money.ParseCurrency(m.Currency)
		c.Check(err == nil, "/currency", RuleCurrency)
	}
	seen := map[string]bool{}
	for i, v := range m.AccountValues {
		key := mappings.Key(v.Match)
		c.Check(!seen[key], fmt.Sprintf("/accountValues/%d/match", i), RuleMatchTwice)
		seen[key] = true
	}
}

// named gives the headings that the mapping needs the file to have, by the names of our fields.
func (k Columns) named() map[string]string {
	out := map[string]string{"externalId": k.ExternalID, "party": k.Party, "partyExternalId": k.PartyExternalID, "document": k.Document, "amount": k.Amount,
		"date": k.Date, "description": k.Description, "account": k.Account, "currency": k.Currency, "source": k.Source}
	maps.DeleteFunc(out, func(_, heading string) bool { return heading == "" })
	return out
}

// Mappings are the tenant's saved mappings.
var Mappings = resource.Kind[Ports, MappingFields, Mapping]{
	Domain: "migration", Table: Table, Name: "mapping", Plural: "mappings", Title: "a saved mapping", Prefix: "map",
	Description: "Saves how a kind of file is read, so that nobody has to map it by hand again. An import keeps a copy of the mapping it was made with.",
	Example: `{"name":"Purchase ledger export","columns":{"externalId":"Ref","party":"Supplier","document":"Invoice","amount":"Net","date":"Date","account":"Category",` +
		`"description":"Category"},"dateFormat":"DD/MM/YYYY","currency":"GBP","partyKind":"supplier","balancingAccount":"2100","accountValues":[{"match":"agency staff","account":"7105"}]}`,
	Change: `{"name":"Purchase ledger export, weekly"}`,
	Keeper: func(d Ports) resource.Keeper { return d.Records },
	Join:   func(h resource.Head, f MappingFields) Mapping { return Mapping{h, f} },
	Split:  func(m Mapping) (resource.Head, MappingFields) { return m.Head, m.MappingFields },
}
