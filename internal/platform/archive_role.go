package platform

import (
	"context"

	"backoffice/internal/op"
)

// ArchiveRole takes a role of the tenant's own out of use.
var ArchiveRole = op.Op[Ports, RoleRef, Role]{
	Spec: op.Spec{
		ID: "platform.archive-role", Kind: op.Command, Route: "POST /platform/v1/roles/{roleId}/archive", Permission: "roles.archive",
		Summary:     "Archive a role",
		Description: "Takes a role out of use: it can be granted no more, and whoever holds it has lost its rights within a minute.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		IfMatch:     true,
		StepUp:      stepUp,
		Example:     op.Example{Given: []string{"platform.update-role", "platform.revoke-role"}, Path: "roleId=${platform.create-role.id}"},
	},
	Handle: archiveRole,
	Again:  roleAgain[RoleRef],
}

func archiveRole(ctx context.Context, c *op.Call, d Ports, in RoleRef) (Role, error) {
	r, err := ownRole(ctx, c, d, in.RoleID)
	if err != nil {
		return Role{}, err
	}
	after := r
	after.State, after.Version = StateArchived, r.Version+1
	d.Roles.SaveRole(c.Act, after, r.Version)
	c.Act.Changed(r.ID, after.Version, r, after)
	return after, nil
}
