package platform

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/op"
)

// RevokeRole takes a role assignment back.
var RevokeRole = op.Op[Ports, AssignmentRef, Assignment]{
	Spec: op.Spec{
		ID: "platform.revoke-role", Kind: op.Command, Route: "POST /platform/v1/principals/{principalId}/role-assignments/{assignmentId}/revoke", Permission: "role-assignments.revoke",
		Summary:     "Revoke a role assignment",
		Description: "Takes the role back: its rights are gone within a minute. The last administrator's cannot be taken. The record stays, to tell who could do what.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put}},
		IfMatch:     true,
		StepUp:      stepUp,
		Example:     op.Example{Path: "principalId=${platform.create-user.id} assignmentId=${platform.grant-role.id}"},
	},
	Handle: revokeRole,
	Again:  assignmentAgain[AssignmentRef],
}

// AssignmentRef names a role assignment in the path.
type AssignmentRef struct {
	PrincipalRef
	AssignmentID string `path:"assignmentId" json:"-" doc:"ras_…"`
}

func revokeRole(ctx context.Context, c *op.Call, d Ports, in AssignmentRef) (Assignment, error) {
	a, err := d.Roles.Assignment(ctx, c.Tenant, in.PrincipalID, in.AssignmentID)
	if err != nil {
		return Assignment{}, err
	}
	if err := c.Match(a.Version); err != nil {
		return Assignment{}, err
	}
	if a.State == StateRevoked {
		return Assignment{}, RuleRevoked.Err()
	}
	after := a
	after.State, after.Version = StateRevoked, a.Version+1
	d.Roles.SaveAssignment(c.Act, after, a.Version)
	c.Act.Changed(a.ID, after.Version, a, after)
	if !a.administers(civil.FromTime(c.At)) {
		return after, nil
	}
	still, err := stillAdministers(ctx, c, d, a.Principal, a.ID)
	if err != nil || still {
		return after, err
	}
	return after, leaveAdministrators(ctx, c, d, a.Principal)
}
