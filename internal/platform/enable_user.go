package platform

import (
	"context"

	"backoffice/internal/op"
)

// EnableUser gives a disabled user its way in back.
var EnableUser = op.Op[Ports, UserRef, User]{
	Spec: op.Spec{
		ID: "platform.enable-user", Kind: op.Command, Route: "POST /platform/v1/users/{userId}/enable", Permission: "users.enable",
		Summary: "Enable a disabled user",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.List | op.Put}},
		IfMatch: true,
		Example: op.Example{Given: []string{"platform.disable-user"}, Path: "userId=${platform.create-user.id}"},
	},
	Handle: enableUser,
	Again:  userAgain[UserRef],
}

func enableUser(ctx context.Context, c *op.Call, d Ports, in UserRef) (User, error) {
	u, err := changeState(ctx, c, d, in.UserID, StateActive)
	if err != nil {
		return User{}, err
	}
	administers, err := stillAdministers(ctx, c, d, u.ID, "")
	if err != nil || !administers {
		return u, err
	}
	return u, joinAdministrators(ctx, c, d, u.ID)
}
