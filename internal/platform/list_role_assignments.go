package platform

import (
	"context"

	"backoffice/internal/op"
)

// ListRoleAssignments lists the roles of a user or a service key.
var ListRoleAssignments = op.Op[Ports, ListRoleAssignmentsIn, op.Records[Assignment]]{
	Spec: op.Spec{
		ID: "platform.list-role-assignments", Kind: op.Query, Route: "GET /platform/v1/principals/{principalId}/role-assignments", Permission: "role-assignments.read",
		Summary: "List a principal's role assignments",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.List}},
		Narrows: true,
		Example: op.Example{Given: []string{"platform.grant-role"}, Path: "principalId=${platform.create-user.id}", Query: "limit=20"},
	},
	Handle: listRoleAssignments,
}

// ListRoleAssignmentsIn is the input of ListRoleAssignments.
type ListRoleAssignmentsIn struct {
	PrincipalRef
	op.PageOf
}

func listRoleAssignments(ctx context.Context, c *op.Call, d Ports, in ListRoleAssignmentsIn) (op.Records[Assignment], error) {
	if in.PrincipalID != c.Principal && !everybody(c) {
		return op.Records[Assignment]{}, op.RuleNotFound.Err()
	}
	if _, err := principalUser(ctx, c, d, in.PrincipalID); err != nil {
		return op.Records[Assignment]{}, err
	}
	return listed(c, in.PageOf, func(p Page) ([]Assignment, map[string]string, error) {
		return d.Roles.Assignments(ctx, c.Tenant, in.PrincipalID, p)
	})
}
