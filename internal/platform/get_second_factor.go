package platform

import (
	"context"

	"backoffice/internal/op"
)

// GetSecondFactor tells whether a user has a second factor.
var GetSecondFactor = op.Op[Ports, UserRef, SecondFactor]{
	Spec: op.Spec{
		ID: "platform.get-second-factor", Kind: op.Query, Route: "GET /platform/v1/users/{userId}/second-factor", Permission: "users.read",
		Summary: "Tell whether a user has a second factor",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Narrows: true,
		Example: op.Example{Path: "userId=${platform.begin-second-factor.user}"},
	},
	Handle: getSecondFactor,
}

func getSecondFactor(ctx context.Context, c *op.Call, d Ports, in UserRef) (SecondFactor, error) {
	if _, err := getUser(ctx, c, d, in); err != nil {
		return SecondFactor{}, err
	}
	f, err := d.Factors.Factor(ctx, c.Tenant, in.UserID)
	return f.public(), err
}
