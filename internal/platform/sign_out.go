package platform

import (
	"context"
	"errors"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// SignOut ends a session.
var SignOut = op.Op[Ports, SignOutIn, op.None]{
	Spec: op.Spec{
		ID: "platform.sign-out", Kind: op.Command, Route: "POST /platform/v1/session/end", Status: 204, Permission: "session.end",
		InMaintenance: "whoever has read signs out",
		Summary:       "Sign out",
		Description:   "Ends the session of the caller's token, or another session of the same user. Its refresh token is void at once, its access token within a minute.",
		OnPremise:     "the user pool ends sessions there",
		Access:        []op.Access{{Table: Table, Do: op.Get | op.Put | op.Delete}},
		Narrows:       true,
		Example:       op.Example{Given: []string{"platform.refresh-session"}, Body: `{"session":"${platform.sign-in.session}","user":"${platform.create-user.id}"}`},
	},
	Handle: signOut,
	Again:  signOutAgain,
}

// SignOutIn is the input of SignOut.
type SignOutIn struct {
	Session string `json:"session,omitempty" maxLength:"40" doc:"ses_…; left out for the session of the caller's token"`
	User    string `json:"user,omitempty" maxLength:"40" doc:"usr_… whose session it is; left out for the caller. Another's takes the right for every record"`
}

func signOut(ctx context.Context, c *op.Call, d Ports, in SignOutIn) (op.None, error) {
	user, session := c.Principal, c.Session
	if in.Session != "" {
		session = in.Session
	}
	if in.User != "" {
		user = in.User
	}
	if user != c.Principal && !everybody(c) || session == "" {
		return op.None{}, op.RuleNotFound.Err()
	}
	s, err := d.Sessions.Session(ctx, c.Tenant, user, session)
	if err != nil {
		return op.None{}, err
	}
	d.Sessions.EndSession(c.Act, s)
	c.Act.Record(s.ID, s.Version+1) // its end is what comes after its last version
	return op.None{}, nil
}

func signOutAgain(context.Context, *op.Call, Ports, SignOutIn, op.Recorded) (op.None, error) {
	return op.None{}, nil
}

// isConflict tells whether somebody else was faster.
func isConflict(err error) bool {
	return errors.Is(err, op.ErrConflict) || fault.OfKind(err, fault.Conflict)
}
