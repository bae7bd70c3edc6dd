package platform

import (
	"context"
	"time"

	"backoffice/internal/op"
)

// IssueOneTimeCode invites a user, or lets one back in who has lost the password.
var IssueOneTimeCode = op.Op[Ports, UserRef, OneTimeCode]{
	Spec: op.Spec{
		ID: "platform.issue-one-time-code", Kind: op.Command, Route: "POST /platform/v1/users/{userId}/one-time-code", Status: 201, Permission: "users.issue-one-time-code",
		Summary:     "Invite a user, or let one set a new password",
		Description: "Makes a code with which somebody sets the user's password, once, within 72 hours, and voids the one before it. Hand it to the person by a way that you trust. It never stands in for a second factor, and nobody issues one for themselves, nor for a user who has rights that they do not have.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put}},
		StepUp:      stepUp,
		Exempt:      []op.Exemption{{Rule: "replay", Because: "the code is not kept, so a repeated call cannot show it again"}},
		Example:     op.Example{Given: []string{"platform.enable-user"}, Path: "userId=${platform.create-user.id}"},
	},
	Handle: issueOneTimeCode,
	Again:  codeAgain,
}

func issueOneTimeCode(ctx context.Context, c *op.Call, d Ports, in UserRef) (OneTimeCode, error) {
	u, err := d.Users.User(ctx, c.Tenant, in.UserID)
	if err != nil {
		return OneTimeCode{}, err
	}
	if u.ID == c.Principal || u.Person == c.Person { // another user of the same person is no colleague
		return OneTimeCode{}, RuleCodeSelf.Err()
	}
	if u.State != StateActive {
		return OneTimeCode{}, RuleCodeDisabled.Err()
	}
	if err := mayStandIn(ctx, c, d, u.ID); err != nil {
		return OneTimeCode{}, err
	}
	was, err := d.Codes.Code(ctx, c.Tenant, u.ID)
	if err != nil {
		return OneTimeCode{}, err
	}
	code, err := oneTimeCode(d.Random)
	if err != nil {
		return OneTimeCode{}, err
	}
	end := c.At.Add(oneTimeCodeHours * time.Hour)
	o := OneTimeCode{User: u.ID, Until: end.UTC().Format(time.RFC3339), Hash: HashSecret(code), End: end, Version: was.Version + 1}
	d.Codes.PutCode(c.Act, o, was.Version)
	c.Act.Record(u.ID+".one-time-code", o.Version) // a record beside the user, with versions of its own
	if !c.DryRun {
		o.Code = code
	}
	return o, nil
}

// codeAgain answers a repeated call, without the code. What was issued then may have been used or replaced since.
func codeAgain(_ context.Context, c *op.Call, _ Ports, in UserRef, was op.Recorded) (OneTimeCode, error) {
	return OneTimeCode{User: in.UserID, Until: was.At.Add(oneTimeCodeHours * time.Hour).UTC().Format(time.RFC3339)}, nil
}
