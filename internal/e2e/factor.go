package e2e

import (
	"context"
	"fmt"
	"net/http"

	"github.com/pquerna/otp/totp"

	"backoffice/internal/boclient"
	"backoffice/internal/clock"
)

// secondFactor is as much of an authenticator as the suite looks at.
type secondFactor struct {
	State, Secret string
	RecoveryCodes []string
	RecoveryLeft  int
}

// authenticator sets one up, whose secret is encrypted where it is kept: the first code opens it, a recovery code takes it away.
func authenticator(ctx context.Context, r *Run) error {
	path := "/platform/v1/users/" + r.accountant.User + "/second-factor"
	call := func(action string, body any) boclient.Call {
		return boclient.Call{Method: http.MethodPost, Path: path + action, Body: body}
	}
	send := func(status int, c boclient.Call) (f secondFactor, err error) {
		a, err := r.do(ctx, r.accountant, status, c)
		if err != nil {
			return f, err
		}
		return f, a.Into(&f)
	}
	begun, err := send(http.StatusCreated, call("", nil))
	if err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	if err := r.refused(ctx, r.accountant, http.StatusUnauthorized, "PLT-MFA-002", call("/confirm", map[string]string{"code": "0000000"})); err != nil {
		return fmt.Errorf("a wrong code: %w", err)
	}
	code, err := totp.GenerateCode(begun.Secret, clock.System())
	if err != nil {
		return err
	}
	confirmed, err := send(http.StatusOK, call("/confirm", map[string]string{"code": code}))
	if err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	if confirmed.State != "active" || len(confirmed.RecoveryCodes) == 0 {
		return fmt.Errorf("confirmed: %s with %d recovery codes", confirmed.State, len(confirmed.RecoveryCodes))
	}
	var shown secondFactor
	if err := r.get(ctx, r.accountant, path, nil, &shown); err != nil {
		return err
	}
	if shown.State != "active" || shown.Secret != "" || len(shown.RecoveryCodes) != 0 || shown.RecoveryLeft != len(confirmed.RecoveryCodes) {
		return fmt.Errorf("shown again: %s, %d recovery codes left", shown.State, shown.RecoveryLeft)
	}
	removed, err := send(http.StatusOK, call("/remove", map[string]string{"code": confirmed.RecoveryCodes[0]}))
	if err == nil && removed.State != "none" {
		err = fmt.Errorf("removed: %s", removed.State)
	}
	return err
}
