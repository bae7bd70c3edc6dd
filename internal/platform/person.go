package platform

import (
	"strings"

	"backoffice/internal/fault"
)

// managersMax is how long a line of managers may be.
const managersMax = 32

// Person is a human being known to a tenant, with or without a user.
type Person struct {
	ID         string `json:"id" doc:"per_…"`
	Name       string `json:"name"`
	Manager    string `json:"manager,omitempty" doc:"per_… of the person whom this one reports to"`
	Source     string `json:"source,omitempty"`
	ExternalID string `json:"externalId,omitempty"`
	Version    int    `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (p Person) RecordVersion() int { return p.Version }

// Location gives the record's address.
func (p Person) Location() string { return "/platform/v1/people/" + p.ID }

// PersonFields are what a caller says of a person.
type PersonFields struct {
	Name       string `json:"name" minLength:"1" maxLength:"160" example:"Mina Patel" doc:"Full name"`
	Manager    string `json:"manager,omitempty" maxLength:"40" doc:"per_… of the person whom this one reports to"`
	Source     string `json:"source,omitempty" maxLength:"40" example:"hr-system" doc:"Where the record comes from"`
	ExternalID string `json:"externalId,omitempty" maxLength:"80" example:"E-1042" doc:"Its id there"`
}

// Validate checks what the schema cannot say.
func (f *PersonFields) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(f.Name) != "", "/name", RuleBlank)
	c.Check((f.Source == "") == (f.ExternalID == ""), "/externalId", RuleExternalID)
}

func (p Person) fields() PersonFields {
	return PersonFields{Name: p.Name, Manager: p.Manager, Source: p.Source, ExternalID: p.ExternalID}
}

func (p Person) with(f PersonFields) Person {
	p.Name, p.Manager, p.Source, p.ExternalID, p.Version = f.Name, f.Manager, f.Source, f.ExternalID, p.Version+1
	return p
}
