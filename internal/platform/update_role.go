package platform

import (
	"context"

	"backoffice/internal/op"
)

// UpdateRole changes a role of the tenant's own.
var UpdateRole = op.Op[Ports, UpdateRoleIn, Role]{
	Spec: op.Spec{
		ID: "platform.update-role", Kind: op.Command, Route: "PATCH /platform/v1/roles/{roleId}", Permission: "roles.update",
		Summary:     "Change a role",
		Description: "Changes a role's name or rights; whoever holds it has the new rights within a minute. Built-in roles cannot be changed.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put}},
		IfMatch:     true,
		StepUp:      stepUp,
		Example:     op.Example{Path: "roleId=${platform.create-role.id}", Body: `{"rights":["platform.*.read","platform.people.update"]}`},
	},
	Handle: updateRole,
	Again:  roleAgain[UpdateRoleIn],
}

// UpdateRoleIn is the input of UpdateRole.
type UpdateRoleIn struct {
	RoleRef
	Patch op.Merge[RoleFields] `body:"merge" json:"-"`
}

func updateRole(ctx context.Context, c *op.Call, d Ports, in UpdateRoleIn) (Role, error) {
	r, err := ownRole(ctx, c, d, in.RoleID)
	if err != nil {
		return Role{}, err
	}
	f, err := in.Patch.Apply(r.fields())
	if err != nil {
		return Role{}, err
	}
	if err := checkRole(ctx, c, d, f); err != nil {
		return Role{}, err
	}
	after := r.with(f)
	d.Roles.SaveRole(c.Act, after, r.Version)
	c.Act.Changed(r.ID, after.Version, r, after)
	return after, nil
}
