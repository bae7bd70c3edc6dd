package platform

import (
	"context"
	"fmt"
	"slices"

	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/platform/right"
)

// CreateRole names a list of rights.
var CreateRole = op.Op[Ports, CreateRoleIn, Role]{
	Spec: op.Spec{
		ID: "platform.create-role", Kind: op.Command, Route: "POST /platform/v1/roles", Status: 201, Permission: "roles.create",
		Summary:     "Create a role",
		Description: "Names a list of rights that can then be granted. Nobody puts rights into a role that they do not have themselves.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put}},
		StepUp:      stepUp,
		Example:     op.Example{Body: `{"name":"Platform reader","rights":["platform.*.read"]}`},
	},
	Handle: createRole,
	Again:  roleAgain[CreateRoleIn],
}

// CreateRoleIn is the input of CreateRole.
type CreateRoleIn struct{ RoleFields }

func createRole(ctx context.Context, c *op.Call, d Ports, in CreateRoleIn) (Role, error) {
	if err := checkRole(ctx, c, d, in.RoleFields); err != nil {
		return Role{}, err
	}
	r := Role{ID: c.NewID("rol"), State: StateActive}.with(in.RoleFields)
	d.Roles.AddRole(c.Act, r)
	c.Act.Record(r.ID, r.Version)
	return r, nil
}

// checkRole holds a role's rights against those that exist and those that the caller may give.
func checkRole(ctx context.Context, c *op.Call, d Ports, f RoleFields) error {
	if err := unknownRights(f.Rights, d.Rights); err != nil {
		return err
	}
	return mayGive(ctx, c, d, f.Rights)
}

// mayGive refuses rights that the caller does not have for every record and entity.
func mayGive(ctx context.Context, c *op.Call, d Ports, rights []string) error {
	own, err := d.Authorizer.Gives(ctx, c.Identity, c.At)
	if err != nil {
		return err
	}
	for _, r := range rights {
		if !slices.ContainsFunc(own, func(p string) bool { return right.Covers(p, r) }) {
			return RuleMoreThanOwn.Err()
		}
	}
	return nil
}

// unknownRights notes each pattern that covers none of the rights that exist. An empty list of rights checks nothing.
func unknownRights(rights, known []string) error {
	c := fault.Collect()
	for i, p := range rights {
		exists := slices.ContainsFunc(known, func(r string) bool { return right.Covers(p, r) })
		c.Check(exists || len(known) == 0, fmt.Sprintf("/rights/%d", i), RuleRight)
	}
	return c.Err()
}

// roleAgain answers a repeated call about a role.
func roleAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (Role, error) {
	return d.Roles.Role(ctx, c.Tenant, was.Result.ID)
}
