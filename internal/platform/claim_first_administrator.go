package platform

import (
	"context"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// ClaimFirstAdministrator makes an installation's first tenant and its administrator.
var ClaimFirstAdministrator = op.Op[Ports, ClaimFirstAdministratorIn, Claimed]{
	Spec: op.Spec{
		ID: "platform.claim-first-administrator", Kind: op.Command, Route: "POST /platform/v1/first-administrator", Status: 201, Permission: "first-administrator.claim",
		Summary:     "Become the first administrator",
		Description: "Makes the first tenant and its administrator, for whoever has the code that the installation showed when it started without one. The code is good once, for a day.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put, AllTenants: "there is no tenant yet"}},
		Public:      "there is nobody yet who could have a token; the code is the proof",
		NoRecord:    "the tenant is made on the way: the operation commits an act of its own there, and the code is good once",
		Exempt: []op.Exemption{{Rule: "example", Because: "the code is made at random by each installation"},
			{Rule: "dry-run", Because: "a code must not be tried out"}},
		Example: op.Example{Body: `{"code":"the-code-that-was-shown","organisation":"Thistle & Rowan Ltd","name":"Ailsa Kerr","email":"ailsa.kerr@example.com","password":"slate-otter-winds-north"}`},
	},
	Handle: claimFirstAdministrator,
}

// ClaimFirstAdministratorIn is the input of ClaimFirstAdministrator.
type ClaimFirstAdministratorIn struct {
	Code         string `json:"code" minLength:"1" maxLength:"80" doc:"The one-time code that the installation showed"`
	Organisation string `json:"organisation" minLength:"1" maxLength:"160" example:"Thistle & Rowan Ltd" doc:"Name of the tenant"`
	FirstUser
}

// Validate checks what the schema cannot say.
func (in *ClaimFirstAdministratorIn) Validate(c *fault.Collector) {
	c.Check(strings.TrimSpace(in.Organisation) != "", "/organisation", RuleBlank)
	in.FirstUser.Validate(c)
}

// Claimed are the records that were made.
type Claimed struct {
	Tenant string `json:"tenant" doc:"ten_…"`
	Person string `json:"person" doc:"per_…"`
	User   string `json:"user" doc:"usr_…"`
}

// Location gives the tenant's address.
func (c Claimed) Location() string { return Tenant{ID: c.Tenant}.Location() }

func claimFirstAdministrator(ctx context.Context, c *op.Call, d Ports, in ClaimFirstAdministratorIn) (Claimed, error) {
	if c.DryRun {
		return Claimed{}, RuleNoDryRun.At("dryRun")
	}
	claim, err := d.Logins.Claim(ctx)
	if err != nil {
		return Claimed{}, err
	}
	if !claim.takes(in.Code, c.At) {
		return Claimed{}, RuleClaim.Err()
	}
	hash, err := d.Passwords.Hash(ctx, in.Password)
	if err != nil {
		return Claimed{}, err
	}
	t := Tenant{ID: c.NewID("ten"), Name: in.Organisation, Version: 1}
	t.Holder = t.ID
	act := ownAct(c, t.ID, "", "", "")
	p, u := settle(c, act, d, t, in.FirstUser, hash)
	act.Principal, act.Person = u.ID, p.ID
	d.Logins.UseClaim(act, claim)
	act.Record(t.ID, t.Version)
	if err := commitOwn(ctx, c, d, act); err != nil {
		if isConflict(err) {
			return Claimed{}, RuleClaim.Err()
		}
		return Claimed{}, err
	}
	return Claimed{Tenant: t.ID, Person: p.ID, User: u.ID}, nil
}
