package platform

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// SetPassword replaces a user's password by one who knows the old one.
var SetPassword = op.Op[Ports, SetPasswordIn, User]{
	Spec: op.Spec{
		ID: "platform.set-password", Kind: op.Command, Route: "POST /platform/v1/users/{userId}/password", Permission: "users.set-password",
		Summary:     "Change a password, knowing the old one",
		Description: "Replaces the password and ends the user's other sessions. After five wrong old passwords within 15 minutes the user has to wait.",
		OnPremise:   "the user pool keeps the passwords there",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Delete}},
		Narrows:     true,
		IfMatch:     true,
		Example:     op.Example{Given: []string{"platform.refresh-session", "platform.sign-out"}, Path: "userId=${platform.create-user.id}", Body: `{"oldPassword":"copper-lantern-drifts-home","newPassword":"paper-anchor-sings-low"}`},
	},
	Handle: setPassword,
	Again:  userAgain[SetPasswordIn],
}

// SetPasswordIn is the input of SetPassword.
type SetPasswordIn struct {
	UserRef
	OldPassword string `json:"oldPassword" minLength:"1" maxLength:"128" doc:"The password that holds at present"`
	NewPassword string `json:"newPassword" minLength:"8" maxLength:"128" doc:"Any characters, not one of the common ones"`
}

// Validate checks what the schema cannot say.
func (in *SetPasswordIn) Validate(c *fault.Collector) {
	checkPassword(c, "/newPassword", in.NewPassword)
	c.Check(in.OldPassword != in.NewPassword, "/newPassword", RulePasswordSame)
}

func setPassword(ctx context.Context, c *op.Call, d Ports, in SetPasswordIn) (User, error) {
	if in.UserID != c.Principal && !everybody(c) {
		return User{}, op.RuleNotFound.Err()
	}
	u, err := d.Users.User(ctx, c.Tenant, in.UserID)
	if err != nil {
		return User{}, err
	}
	if err := c.Match(u.Version); err != nil {
		return User{}, err
	}
	n := fault.Collect()
	if checkPassword(n, "/newPassword", in.NewPassword, u.Email); n.Len() > 0 {
		return User{}, n.Err()
	}
	if err := proveOld(ctx, c, d, u, in.OldPassword); err != nil {
		return User{}, err
	}
	after := u
	if after.PasswordHash, err = d.Passwords.Hash(ctx, in.NewPassword); err != nil {
		return User{}, err
	}
	after.Version = u.Version + 1
	d.Users.SaveUser(c.Act, after, u.Version)
	c.Act.Changed(u.ID, after.Version, u, after)
	return after, endSessions(ctx, c, d, u.ID, c.Session)
}

// proveOld checks the old password under a count of failures like a sign-in's, but of its own: whoever has got hold of a
// session must not be able to lock the user out of signing in. A dry run does not check it: it could
// neither be counted nor left uncounted.
func proveOld(ctx context.Context, c *op.Call, d Ports, u User, old string) error {
	if c.DryRun {
		return nil
	}
	right, err := attempt(ctx, c.At, d, Guessed{Tenant: c.Tenant, User: u.ID}, u.PasswordHash, old)
	if err != nil {
		return err
	}
	if !right {
		return RulePasswordOld.At("/oldPassword")
	}
	return nil
}
