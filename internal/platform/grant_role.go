package platform

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/id"
	"backoffice/internal/op"
)

// GrantRole gives a role to a user or a service key.
var GrantRole = op.Op[Ports, GrantRoleIn, Assignment]{
	Spec: op.Spec{
		ID: "platform.grant-role", Kind: op.Command, Route: "POST /platform/v1/principals/{principalId}/role-assignments", Status: 201, Permission: "role-assignments.grant",
		Summary:     "Grant a role",
		Description: "Gives a role to a user or a service key: for own records, those of subordinates too, or all; within dates; for every entity or one. Nobody grants to themselves, nor rights that they do not have. It holds within a minute.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put}},
		StepUp:      stepUp,
		Example:     op.Example{Path: "principalId=${platform.create-user.id}", Body: `{"role":"${platform.create-role.id}","scope":"all","from":"2026-01-01","to":"2035-12-31"}`},
	},
	Handle: grantRole,
	Again:  assignmentAgain[GrantRoleIn],
}

// PrincipalRef names a user or a service key in the path.
type PrincipalRef struct {
	PrincipalID string `path:"principalId" json:"-" doc:"usr_… or key_…"`
}

func (r PrincipalRef) principal() string { return r.PrincipalID }

// GrantRoleIn is the input of GrantRole.
type GrantRoleIn struct {
	PrincipalRef
	Role   string     `json:"role" minLength:"1" maxLength:"40" example:"bookkeeper" doc:"rol_…, or the name of a built-in role"`
	Scope  string     `json:"scope" enum:"own,subordinates,all" doc:"How far the role's rights reach"`
	From   civil.Date `json:"from,omitzero" doc:"First day on which it holds, in UTC; left out for at once"`
	To     civil.Date `json:"to,omitzero" doc:"Last day on which it holds; left out for ever"`
	Entity string     `json:"entity,omitempty" maxLength:"40" doc:"ent_… of the one entity for which it holds; left out for all"`
}

// Validate checks what the schema cannot say.
func (in *GrantRoleIn) Validate(c *fault.Collector) {
	c.Check(in.From.IsZero() || in.To.IsZero() || !in.To.Before(in.From), "/to", RuleDates)
	c.Check(in.Entity == "" || id.Valid("ent", in.Entity), "/entity", op.RulePattern) // what is no entity's id would limit it to nothing
}

func grantRole(ctx context.Context, c *op.Call, d Ports, in GrantRoleIn) (Assignment, error) {
	u, err := principalUser(ctx, c, d, in.PrincipalID)
	if err != nil {
		return Assignment{}, err
	}
	if in.PrincipalID == c.Principal || u.Person != "" && u.Person == c.Person { // the person counts, not the account
		return Assignment{}, RuleOwnRights.Err()
	}
	r, err := roleNamed(ctx, c, d, in.Role)
	if fault.OfKind(err, fault.NotFound) || err == nil && r.State != StateActive {
		return Assignment{}, RuleRoleUnknown.At("/role")
	}
	if err != nil {
		return Assignment{}, err
	}
	if err := mayGive(ctx, c, d, r.Rights); err != nil {
		return Assignment{}, err
	}
	a := Assignment{ID: c.NewID("ras"), Principal: in.PrincipalID, Role: in.Role, Scope: in.Scope, From: in.From, To: in.To,
		Entity: in.Entity, State: StateActive, Version: 1}
	d.Roles.AddAssignment(c.Act, c.Tenant, a)
	c.Act.Record(a.ID, a.Version)
	if u.State != StateActive || !a.administers(civil.FromTime(c.At)) {
		return a, nil // a service key has no state of a user, and is no administrator
	}
	return a, joinAdministrators(ctx, c, d, a.Principal)
}

// principalUser gives the user that a principal is, the empty one for a service key. It refuses one that does not exist.
func principalUser(ctx context.Context, c *op.Call, d Ports, principal string) (User, error) {
	if id.Prefix(principal) == "key" {
		_, err := d.Keys.Key(ctx, c.Tenant, principal)
		return User{}, err
	}
	return d.Users.User(ctx, c.Tenant, principal)
}

// assignmentAgain answers a repeated call about a role assignment.
func assignmentAgain[In interface{ principal() string }](ctx context.Context, c *op.Call, d Ports, in In, was op.Recorded) (Assignment, error) {
	return d.Roles.Assignment(ctx, c.Tenant, in.principal(), was.Result.ID)
}
