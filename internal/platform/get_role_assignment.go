package platform

import (
	"context"

	"backoffice/internal/op"
)

// GetRoleAssignment reads one role assignment.
var GetRoleAssignment = op.Op[Ports, AssignmentRef, Assignment]{
	Spec: op.Spec{
		ID: "platform.get-role-assignment", Kind: op.Query, Route: "GET /platform/v1/principals/{principalId}/role-assignments/{assignmentId}", Permission: "role-assignments.read",
		Summary: "Read a role assignment",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Narrows: true,
		Example: op.Example{Path: "principalId=${platform.create-user.id} assignmentId=${platform.grant-role.id}"},
	},
	Handle: getRoleAssignment,
}

// getRoleAssignment answers to whoever may see every assignment, and to the principal whose it is.
func getRoleAssignment(ctx context.Context, c *op.Call, d Ports, in AssignmentRef) (Assignment, error) {
	if in.PrincipalID != c.Principal && !everybody(c) {
		return Assignment{}, op.RuleNotFound.Err()
	}
	return d.Roles.Assignment(ctx, c.Tenant, in.PrincipalID, in.AssignmentID)
}
