package platform

import (
	"context"

	"backoffice/internal/op"
)

// GetUser reads a user within the caller's reach.
var GetUser = op.Op[Ports, UserRef, User]{
	Spec: op.Spec{
		ID: "platform.get-user", Kind: op.Query, Route: "GET /platform/v1/users/{userId}", Permission: "users.read",
		Summary: "Read a user",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Narrows: true,
		Example: op.Example{Path: "userId=${platform.create-user.id}"},
	},
	Handle: getUser,
}

// UserRef names a user in the path.
type UserRef struct {
	UserID string `path:"userId" json:"-" doc:"usr_…"`
}

func getUser(ctx context.Context, c *op.Call, d Ports, in UserRef) (User, error) {
	u, err := d.Users.User(ctx, c.Tenant, in.UserID)
	if err != nil || u.ID == c.Principal {
		return u, err
	}
	within := reach(c)
	if !covers(within, u.Person) {
		return User{}, op.RuleNotFound.Err()
	}
	return u, nil
}
