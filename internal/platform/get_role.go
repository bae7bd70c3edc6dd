package platform

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/op"
)

// GetRole reads a role, built-in or the tenant's own.
var GetRole = op.Op[Ports, RoleRef, Role]{
	Spec: op.Spec{
		ID: "platform.get-role", Kind: op.Query, Route: "GET /platform/v1/roles/{roleId}", Permission: "roles.read",
		Summary: "Read a role",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "roleId=${platform.create-role.id}"},
	},
	Handle: getRole,
}

// RoleRef names a role in the path.
type RoleRef struct {
	RoleID string `path:"roleId" json:"-" doc:"rol_…, or the name of a built-in role"`
}

func getRole(ctx context.Context, c *op.Call, d Ports, in RoleRef) (Role, error) {
	return roleNamed(ctx, c, d, in.RoleID)
}

// roleNamed gives a built-in role as it is today, or one of the tenant's own.
func roleNamed(ctx context.Context, c *op.Call, d Ports, name string) (Role, error) {
	if r, ok := BuiltInRole(name, civil.FromTime(c.At)); ok {
		return r, nil
	}
	return d.Roles.Role(ctx, c.Tenant, name)
}

// ownRole gives one of the tenant's own roles at the version that the caller named, to be changed.
func ownRole(ctx context.Context, c *op.Call, d Ports, name string) (Role, error) {
	r, err := roleNamed(ctx, c, d, name)
	if err != nil {
		return Role{}, err
	}
	if r.BuiltIn {
		return Role{}, RuleRoleBuiltIn.Err()
	}
	if err := c.Match(r.Version); err != nil {
		return Role{}, err
	}
	if r.State == StateArchived {
		return Role{}, RuleRoleArchived.Err()
	}
	return r, nil
}
