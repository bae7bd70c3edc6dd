package platform

import (
	"context"

	"backoffice/internal/op"
)

// DisableUser takes a user's way in away.
var DisableUser = op.Op[Ports, UserRef, User]{
	Spec: op.Spec{
		ID: "platform.disable-user", Kind: op.Command, Route: "POST /platform/v1/users/{userId}/disable", Permission: "users.disable",
		Summary:     "Disable a user",
		Description: "Ends the user's sessions and takes away every right within a minute. The last administrator cannot be disabled. The record stays, since acts name it.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Delete}},
		IfMatch:     true,
		Example:     op.Example{Given: []string{"platform.set-password"}, Path: "userId=${platform.create-user.id}"},
	},
	Handle: disableUser,
	Again:  userAgain[UserRef],
}

func disableUser(ctx context.Context, c *op.Call, d Ports, in UserRef) (User, error) {
	if in.UserID == c.Principal {
		return User{}, RuleUserSelf.Err()
	}
	u, err := changeState(ctx, c, d, in.UserID, StateDisabled)
	if err != nil {
		return User{}, err
	}
	if err := leaveAdministrators(ctx, c, d, u.ID); err != nil {
		return User{}, err
	}
	return u, endSessions(ctx, c, d, u.ID, "")
}

func changeState(ctx context.Context, c *op.Call, d Ports, user, state string) (User, error) {
	u, err := d.Users.User(ctx, c.Tenant, user)
	if err != nil {
		return User{}, err
	}
	if err := c.Match(u.Version); err != nil {
		return User{}, err
	}
	if u.State == state {
		return User{}, RuleUserState.Err()
	}
	after := u
	after.State, after.Version = state, u.Version+1
	d.Users.SaveUser(c.Act, after, u.Version)
	c.Act.Changed(u.ID, after.Version, u, after)
	return after, nil
}

// endSessions ends all sessions of a user but the one to be kept.
func endSessions(ctx context.Context, c *op.Call, d Ports, user, keep string) error {
	open, err := d.Sessions.Sessions(ctx, c.Tenant, user)
	if err != nil {
		return err
	}
	for _, s := range open {
		if s.ID != keep {
			d.Sessions.EndSession(c.Act, s)
		}
	}
	return nil
}
