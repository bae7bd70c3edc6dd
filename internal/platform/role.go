package platform

import (
	"fmt"
	"strings"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/platform/right"
)

// stepUp is how long ago a caller may have signed in who changes what others may do.
const stepUp = 15 * time.Minute

// Role is a named list of rights.
type Role struct {
	ID      string   `json:"id" doc:"rol_…, or the name of a built-in role"`
	Name    string   `json:"name"`
	Rights  []string `json:"rights" doc:"Rights such as finance.journals.post, or patterns such as finance.* and *.*.read"`
	State   string   `json:"state" enum:"active,archived"`
	BuiltIn bool     `json:"builtIn" doc:"Whether it is part of the system and cannot be changed"`
	Version int      `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (r Role) RecordVersion() int { return r.Version }

// Location gives the record's address.
func (r Role) Location() string { return "/platform/v1/roles/" + r.ID }

// RoleFields are what a caller says of a role.
type RoleFields struct {
	Name   string   `json:"name" minLength:"1" maxLength:"80" example:"Purchase ledger clerk" doc:"Name of the role"`
	Rights []string `json:"rights" minItems:"1" maxItems:"200" example:"finance.journals.read" doc:"Rights and patterns of rights"`
}

// Validate checks what the schema cannot say.
func (f *RoleFields) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(f.Name) != "", "/name", RuleBlank)
	for i, r := range f.Rights {
		c.Check(right.IsPattern(r), fmt.Sprintf("/rights/%d", i), RuleRight)
	}
}

func (r Role) fields() RoleFields { return RoleFields{Name: r.Name, Rights: r.Rights} }

func (r Role) with(f RoleFields) Role {
	r.Name, r.Rights, r.Version = f.Name, f.Rights, r.Version+1
	return r
}

// Assignment gives a role to a principal, within dates, to a breadth, for all entities or one.
type Assignment struct {
	ID        string     `json:"id" doc:"ras_…"`
	Principal string     `json:"principal" doc:"usr_… or key_…"`
	Role      string     `json:"role" doc:"rol_…, or the name of a built-in role"`
	Scope     string     `json:"scope" enum:"own,subordinates,all" doc:"How far the role's rights reach: the principal's own records, those of the people who report to them too, or all"`
	From      civil.Date `json:"from,omitzero" doc:"First day on which it holds, in UTC"`
	To        civil.Date `json:"to,omitzero" doc:"Last day on which it holds"`
	Entity    string     `json:"entity,omitempty" doc:"ent_… of the one entity for which it holds"`
	State     string     `json:"state" enum:"active,revoked"`
	Version   int        `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (a Assignment) RecordVersion() int { return a.Version }

// Location gives the record's address.
func (a Assignment) Location() string {
	return "/platform/v1/principals/" + a.Principal + "/role-assignments/" + a.ID
}
