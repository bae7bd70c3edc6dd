package platform

import (
	"context"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// CreateTenant sets up a client of the caller's tenant, with its first administrator.
var CreateTenant = op.Op[Ports, CreateTenantIn, Tenant]{
	Spec: op.Spec{
		ID: "platform.create-tenant", Kind: op.Command, Route: "POST /platform/v1/tenants", Status: 201, Permission: "tenants.create",
		Summary:     "Set up a client tenant",
		Description: "Sets up a tenant that the caller's tenant holds, such as a client of a practice, with the person and user who administer it. Its data is walled off from the holder's: whoever works in both has a user in both.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put, AllTenants: "a new tenant's first records stand in its own partitions, and its administrator's e-mail is looked up across tenants"}},
		Example:     op.Example{Body: `{"name":"Kelso Bakery Ltd","administrator":{"name":"Ailsa Kerr","email":"ailsa.kerr@example.com","password":"slate-otter-winds-north"}}`},
	},
	Handle: createTenant,
	Again:  tenantAgain[CreateTenantIn],
}

// CreateTenantIn is the input of CreateTenant.
type CreateTenantIn struct {
	TenantFields
	Administrator FirstUser `json:"administrator" doc:"Who administers the tenant at first"`
}

// Validate checks what the schema cannot say.
func (in *CreateTenantIn) Validate(c *fault.Collector) {
	in.TenantFields.Validate(c)
	in.Administrator.Validate(c.At("/administrator"))
}

// FirstUser is a person and their user in one.
type FirstUser struct {
	Name     string `json:"name" minLength:"1" maxLength:"160" example:"Ailsa Kerr" doc:"Full name"`
	Email    string `json:"email" maxLength:"254" pattern:"^[^@\\s]+@[^@\\s]+\\.[^@\\s.]+$" example:"ailsa.kerr@example.com" doc:"What the person signs in with; capitals do not count"`
	Password string `json:"password" minLength:"8" maxLength:"128" doc:"First password; any characters, not one of the common ones"`
}

// Validate checks what the schema cannot say.
func (f *FirstUser) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(f.Name) != "", "/name", RuleBlank)
	checkPassword(c, "/password", f.Password, f.Email)
}

func createTenant(ctx context.Context, c *op.Call, d Ports, in CreateTenantIn) (Tenant, error) {
	hash, err := d.Passwords.Hash(ctx, in.Administrator.Password)
	if err != nil {
		return Tenant{}, err
	}
	t := Tenant{ID: c.NewID("ten"), Name: in.Name, Holder: c.Tenant, Version: 1}
	settle(c, c.Act, d, t, in.Administrator, hash)
	c.Act.Record(t.ID, t.Version)
	return t, nil
}

// settle adds a tenant to an act, with the person and the user who administer it.
func settle(c *op.Call, act *op.Act, d Ports, t Tenant, f FirstUser, hash string) (Person, User) {
	p := Person{ID: c.NewID("per"), Name: f.Name, Version: 1}
	u := User{ID: c.NewID("usr"), Email: f.Email, Person: p.ID, State: StateActive, PasswordHash: hash, Version: 1}
	a := Assignment{ID: c.NewID("ras"), Principal: u.ID, Role: RoleAdministrator, Scope: string(op.All), State: StateActive, Version: 1}
	d.Tenants.AddTenant(act, t)
	d.People.AddPerson(act, t.ID, p)
	d.Users.AddUser(act, t.ID, u)
	d.Roles.AddAssignment(act, t.ID, a)
	d.Admins.SaveAdministrators(act, t.ID, Administrators{Users: []string{u.ID}, Version: 1}, 0)
	act.Others = append(act.Others, p.ID, u.ID, a.ID)
	return p, u
}

// tenantAgain answers a repeated call about a tenant.
func tenantAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (Tenant, error) {
	return d.Tenants.Tenant(ctx, c.Tenant, was.Result.ID)
}
