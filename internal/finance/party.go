package finance

import (
	"context"
	"strings"
	"unicode"

	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/resource"
)

// Party is a supplier or customer.
type Party struct {
	resource.Head
	PartyFields
}

// Location gives the record's address.
func (p Party) Location() string { return "/finance/v1/parties/" + p.ID }

// PartyFields are what is said of a party. Its source and external id tell parties of one name apart.
type PartyFields struct {
	Name       string   `json:"name" minLength:"1" maxLength:"160" example:"Fernside Catering Ltd"`
	Kind       string   `json:"kind" enum:"supplier,customer,both"`
	Aliases    []string `json:"aliases,omitempty" maxItems:"50" maxLength:"160" doc:"Other names under which documents arrive"`
	Source     string   `json:"source,omitempty" maxLength:"40" doc:"The system that the party comes from"`
	ExternalID string   `json:"externalId,omitempty" maxLength:"120" doc:"Its id there"`
}

// Validate checks what the schema cannot say.
func (f *PartyFields) Validate(c *fault.Collector) {
	checkBlank(c, "/name", f.Name)
	c.Check((f.Source == "") == (f.ExternalID == ""), "/externalId", RuleExternalPair)
}

// Parties are the suppliers and customers of the tenant.
var Parties = resource.Kind[Ports, PartyFields, Party]{
	Domain: "finance", Table: Table, Name: "party", Plural: "parties", Title: "a supplier or customer", Prefix: "pty",
	Description: "Adds a supplier or customer. Two parties may share a name only if their external ids differ.",
	Example:     `{"name":"Fernside Catering Ltd","kind":"supplier","aliases":["FERNSIDE CATERING"],"source":"legacy","externalId":"10000318"}`,
	Change:      `{"name":"Fernside Catering Limited"}`,
	Keeper:      func(d Ports) resource.Keeper { return d.Records },
	Join:        func(h resource.Head, f PartyFields) Party { return Party{h, f} },
	Split:       func(p Party) (resource.Head, PartyFields) { return p.Head, p.PartyFields },
	Also:        holdName,
	Distinct:    func(f PartyFields) (string, error) { return f.NameKey(), RulePartyTaken.At("/name") },
	Uses:        []*op.Contribution{&partyNames},
}

var partyNames = op.Contribution{Name: "finance.party-names", Access: []op.Access{{Table: Table, Do: op.Put | op.Delete}}}

// holdName holds a party's name and external id, and lets go of those it had.
func holdName(c *op.Call, d Ports, before *Party, after Party) {
	had := ""
	if before != nil && !before.Archived {
		had = before.NameKey()
	}
	has := after.NameKey()
	if after.Archived {
		has = ""
	}
	if had == has {
		return
	}
	if had != "" {
		d.PartyNames.LetGo(c.Act, had)
	}
	taken := error(RulePartyTaken.At("/name"))
	if c.Spec.Domain() != "finance" { // a contribution: another act was faster in making the same party, so decide again
		taken = op.ErrConflict
	}
	if has != "" {
		d.PartyNames.Hold(c.Act, has, after.ID, taken)
	}
}

// NameKey is what tells parties apart: the folded name, and the external id if there is one.
func (f PartyFields) NameKey() string { return FoldName(f.Name) + "/" + f.Source + "/" + f.ExternalID }

// FoldName brings a name to the form in which two spellings of it are one: letters and digits in capitals, words by single
// spaces, everything else left out.
func FoldName(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '&' })
	return strings.Join(words, " ")
}

// PartyNames holds parties' names, so that one act finds or makes the party that a document names.
type PartyNames interface {
	// Find gives the ids of the parties that hold the keys; a key that none holds is absent.
	Find(ctx context.Context, tenant string, keys []string) (map[string]string, error)
	// Hold gives a key to a party; taken is the refusal when another has it.
	Hold(act *op.Act, key, party string, taken error)
	LetGo(act *op.Act, key string)
}

// AddParty makes a party inside any act; another act that makes the same one at the same time has this one decided again.
func (d Ports) AddParty(c *op.Call, f PartyFields) (Party, error) {
	p := Party{resource.Head{ID: c.NewID(Parties.Prefix), CreatedAt: c.At, Version: 1}, f}
	if err := Parties.Put(c, d, p); err != nil {
		return p, err
	}
	return p, nil
}
