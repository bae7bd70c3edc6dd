package platform

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"strings"

	"backoffice/internal/op"
)

// BeginSecondFactor sets an authenticator up.
var BeginSecondFactor = op.Op[Ports, UserRef, SecondFactor]{
	Spec: op.Spec{
		ID: "platform.begin-second-factor", Kind: op.Command, Route: "POST /platform/v1/users/{userId}/second-factor", Status: 201, Permission: "users.own-second-factor",
		Summary:     "Set up an authenticator",
		Description: "Makes the secret that an authenticator is set up with. Signing in asks for its codes once the first one has been confirmed; until then this can be called again. Only users themselves can do so.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Seals:       op.SealField,
		Narrows:     true,
		StepUp:      stepUp,
		Exempt:      []op.Exemption{{Rule: "replay", Because: "the secret is shown once, so a repeated call cannot show it again"}},
		Example:     op.Example{Path: "userId=${platform.get-session.principal}"},
	},
	Handle: beginSecondFactor,
	Again:  factorAgain[UserRef],
}

func beginSecondFactor(ctx context.Context, c *op.Call, d Ports, in UserRef) (SecondFactor, error) {
	if in.UserID != c.Principal {
		return SecondFactor{}, op.RuleNotFound.Err()
	}
	u, err := d.Users.User(ctx, c.Tenant, in.UserID)
	if err != nil {
		return SecondFactor{}, err
	}
	was, err := d.Factors.Factor(ctx, c.Tenant, u.ID)
	if err != nil {
		return SecondFactor{}, err
	}
	if was.State == FactorActive {
		return SecondFactor{}, RuleFactorThere.Err()
	}
	key := make([]byte, factorSecretBytes)
	if _, err := io.ReadFull(d.Random, key); err != nil {
		return SecondFactor{}, fmt.Errorf("platform: make a key: %w", err)
	}
	f, err := SecondFactor{User: u.ID, State: FactorPending, Version: was.Version + 1, key: key}.sealed(ctx, d, c.Tenant)
	if err != nil {
		return SecondFactor{}, err
	}
	d.Factors.PutFactor(c.Act, f, was.Version)
	c.Act.Record(factorRecord(u.ID), f.Version)
	if !c.DryRun {
		f.Secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key)
		f.Address = f.address(u.Email)
	}
	return f, nil
}

// factorAgain answers a repeated call about a second factor, without what was shown once.
func factorAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (SecondFactor, error) {
	f, err := d.Factors.Factor(ctx, c.Tenant, strings.TrimSuffix(was.Result.ID, factorSuffix))
	return f.public(), err
}
