package platform

import (
	"strings"

	"backoffice/internal/fault"
)

// Tenant is an organisation whose data is walled off, or a client whose books or payroll such an organisation keeps.
type Tenant struct {
	ID      string `json:"id" doc:"ten_…"`
	Name    string `json:"name"`
	Holder  string `json:"holder" doc:"The tenant that made this one, or the tenant itself"`
	Version int    `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (t Tenant) RecordVersion() int { return t.Version }

// Location gives the record's address.
func (t Tenant) Location() string { return "/platform/v1/tenants/" + t.ID }

// TenantFields are what a caller says of a tenant.
type TenantFields struct {
	Name string `json:"name" minLength:"1" maxLength:"160" example:"Thistle & Rowan Ltd" doc:"Name of the organisation or client"`
}

// Validate checks what the schema cannot say.
func (f *TenantFields) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(f.Name) != "", "/name", RuleBlank)
}

func (t Tenant) fields() TenantFields { return TenantFields{Name: t.Name} }

func (t Tenant) with(f TenantFields) Tenant {
	t.Name, t.Version = f.Name, t.Version+1
	return t
}
