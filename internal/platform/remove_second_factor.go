package platform

import (
	"context"

	"backoffice/internal/op"
)

// RemoveSecondFactor takes an authenticator away. It names no version: there is one authenticator or none.
var RemoveSecondFactor = op.Op[Ports, RemoveSecondFactorIn, SecondFactor]{
	Spec: op.Spec{
		ID: "platform.remove-second-factor", Kind: op.Command, Route: "POST /platform/v1/users/{userId}/second-factor/remove", Permission: "users.remove-second-factor",
		Summary:     "Remove an authenticator",
		Description: "Users remove their own with a code of it or a recovery code; somebody who has every right of a user may remove that user's, when it was lost, which ends the user's sessions. Signing in asks for the password alone until another is set up.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Delete}},
		Seals:       op.OpenField,
		Narrows:     true,
		StepUp:      stepUp,
		Example:     op.Example{Path: "userId=${platform.get-second-factor.user}", Body: `{}`},
	},
	Handle: removeSecondFactor,
	Again:  factorAgain[RemoveSecondFactorIn],
}

// RemoveSecondFactorIn is the input of RemoveSecondFactor.
type RemoveSecondFactorIn struct {
	UserRef
	Code string `json:"code,omitempty" maxLength:"40" doc:"A code of the authenticator or a recovery code; needed for one's own while it is active"`
}

func removeSecondFactor(ctx context.Context, c *op.Call, d Ports, in RemoveSecondFactorIn) (SecondFactor, error) {
	own := in.UserID == c.Principal
	if !own && !everybody(c) {
		return SecondFactor{}, op.RuleNotFound.Err()
	}
	if _, err := d.Users.User(ctx, c.Tenant, in.UserID); err != nil {
		return SecondFactor{}, err
	}
	if !own {
		if err := mayStandIn(ctx, c, d, in.UserID); err != nil {
			return SecondFactor{}, err
		}
	}
	f, err := d.Factors.Factor(ctx, c.Tenant, in.UserID)
	if err != nil {
		return SecondFactor{}, err
	}
	if f.State == FactorNone {
		return SecondFactor{}, RuleFactorState.Err()
	}
	if own && f.State == FactorActive {
		open, err := f.opened(ctx, d, c.Tenant)
		if err != nil {
			return SecondFactor{}, err
		}
		if _, ok := open.takes(in.Code, c.At); !ok {
			return SecondFactor{}, RuleFactorWrong.At("/code")
		}
	}
	after := SecondFactor{User: f.User, State: FactorNone, Version: f.Version + 1}
	d.Factors.PutFactor(c.Act, after, f.Version)
	c.Act.Changed(factorRecord(f.User), after.Version, f.public(), after)
	if own {
		return after, nil
	}
	return after, endSessions(ctx, c, d, in.UserID, "")
}
