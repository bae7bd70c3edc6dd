package platform

import (
	"context"

	"backoffice/internal/op"
)

// ConfirmSecondFactor makes an authenticator that was set up the second factor. It names no version: the code is of one secret.
var ConfirmSecondFactor = op.Op[Ports, ConfirmSecondFactorIn, SecondFactor]{
	Spec: op.Spec{
		ID: "platform.confirm-second-factor", Kind: op.Command, Route: "POST /platform/v1/users/{userId}/second-factor/confirm", Permission: "users.own-second-factor",
		Summary:     "Confirm an authenticator",
		Description: "Takes the authenticator's first code. From now on signing in asks for one; the answer holds ten recovery codes, each of which stands in for the authenticator once and is shown only here.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Seals:       op.SealField | op.OpenField,
		Narrows:     true,
		StepUp:      stepUp,
		Exempt:      []op.Exemption{{Rule: "replay", Because: "recovery codes are shown once, so a repeated call cannot show them again"}},
		Example:     op.Example{Given: []string{"platform.begin-second-factor"}, Path: "userId=${platform.get-session.principal}", Body: `{"code":"${platform.begin-second-factor.secret.totp}"}`},
	},
	Handle: confirmSecondFactor,
	Again:  factorAgain[ConfirmSecondFactorIn],
}

// ConfirmSecondFactorIn is the input of ConfirmSecondFactor.
type ConfirmSecondFactorIn struct {
	UserRef
	Code string `json:"code" minLength:"6" maxLength:"8" example:"123456" doc:"What the authenticator shows"`
}

func confirmSecondFactor(ctx context.Context, c *op.Call, d Ports, in ConfirmSecondFactorIn) (SecondFactor, error) {
	if in.UserID != c.Principal {
		return SecondFactor{}, op.RuleNotFound.Err()
	}
	f, err := d.Factors.Factor(ctx, c.Tenant, in.UserID)
	if err != nil {
		return SecondFactor{}, err
	}
	if f.State != FactorPending {
		return SecondFactor{}, RuleFactorState.Err()
	}
	open, err := f.opened(ctx, d, c.Tenant)
	if err != nil {
		return SecondFactor{}, err
	}
	after, ok := open.takes(in.Code, c.At)
	if !ok {
		return SecondFactor{}, RuleFactorWrong.At("/code")
	}
	if after, err = after.sealed(ctx, d, c.Tenant); err != nil {
		return SecondFactor{}, err
	}
	after.State = FactorActive
	codes, err := recoveryCodes(d, &after)
	if err != nil {
		return SecondFactor{}, err
	}
	d.Factors.PutFactor(c.Act, after, f.Version)
	c.Act.Changed(factorRecord(after.User), after.Version, f.public(), after.public())
	if !c.DryRun {
		after.RecoveryCodes = codes
	}
	return after, nil
}

// recoveryCodes gives a factor new recovery codes, of which only hashes are kept.
func recoveryCodes(d Ports, f *SecondFactor) ([]string, error) {
	codes := make([]string, recoveryCodesMax)
	f.recovery = make([][]byte, recoveryCodesMax)
	for i := range codes {
		code, err := randomCode(d.Random, recoveryCodeBytes)
		if err != nil {
			return nil, err
		}
		codes[i], f.recovery[i] = code, HashSecret(code)
	}
	f.RecoveryLeft = recoveryCodesMax
	return codes, nil
}
