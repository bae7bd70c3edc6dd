package platform

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// RedeemOneTimeCode sets a password with a one-time code.
var RedeemOneTimeCode = op.Op[Ports, RedeemOneTimeCodeIn, Redeemed]{
	Spec: op.Spec{
		ID: "platform.redeem-one-time-code", Kind: op.Command, Route: "POST /platform/v1/passwords", Permission: "session.redeem",
		Summary:     "Set a password with a one-time code",
		Description: "Sets the password of the user whom an administrator gave a code, ends that user's sessions and uses the code up. The answer is the same for an unknown e-mail and a wrong code; after five failures within 15 minutes the e-mail has to wait. Signing in asks for a second factor as before.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Delete, AllTenants: "an e-mail is looked up before the tenant is known"}},
		Public:      "whoever has no password cannot sign in; the code is the proof",
		NoRecord:    "the tenant is known only on the way: the operation commits an act of its own there, and the code is good once",
		Exempt: []op.Exemption{{Rule: "dry-run", Because: "a code must not be tried out"},
			{Rule: "example", Because: "a code is good once, and is shown to the administrator alone"}},
		Example: op.Example{Body: `{"email":"mina.patel@example.com","code":"the-code-that-was-handed-over","password":"harbour-quilt-seven-moss"}`},
	},
	Handle: redeemOneTimeCode,
}

// RedeemOneTimeCodeIn is the input of RedeemOneTimeCode.
type RedeemOneTimeCodeIn struct {
	Email    string `json:"email" minLength:"1" maxLength:"254" example:"mina.patel@example.com" doc:"The user's e-mail; capitals do not count"`
	Code     string `json:"code" minLength:"1" maxLength:"80" doc:"The code that an administrator handed over"`
	Password string `json:"password" minLength:"8" maxLength:"128" doc:"The new password; any characters, not one of the common ones"`
	Tenant   string `json:"tenant,omitempty" maxLength:"40" doc:"ten_…, needed when the e-mail belongs to several tenants"`
}

// Validate checks what the schema cannot say.
func (in *RedeemOneTimeCodeIn) Validate(c *fault.Collector) {
	checkPassword(c, "/password", in.Password, in.Email)
}

// Redeemed tells for whom a password was set.
type Redeemed struct {
	Tenant string `json:"tenant" doc:"ten_…"`
	User   string `json:"user" doc:"usr_…"`
}

func redeemOneTimeCode(ctx context.Context, c *op.Call, d Ports, in RedeemOneTimeCodeIn) (Redeemed, error) {
	if c.DryRun {
		return Redeemed{}, RuleNoDryRun.At("dryRun")
	}
	login := LoginHash(in.Email)
	u, tenant, _, err := candidate(ctx, d, login, in.Tenant)
	if err != nil {
		return Redeemed{}, err
	}
	of := Guessed{Login: login, Kind: GuessedCode}
	counted, err := countAttempt(ctx, c.At, d, of)
	if err != nil {
		return Redeemed{}, err
	}
	if tenant == "" {
		tenant, u = "ten_none", User{ID: "usr_none"} // looked up all the same: an unknown e-mail costs as many calls as a known one
	}
	o, err := d.Codes.Code(ctx, tenant, u.ID)
	if err != nil {
		return Redeemed{}, err
	}
	if u.State != StateActive || !o.takes(in.Code, c.At) {
		return Redeemed{}, RuleCode.Err()
	}
	if err := setByCode(ctx, c, d, tenant, u, o, in.Password); err != nil {
		return Redeemed{}, err
	}
	_, err = d.Logins.SaveFailures(ctx, of, counted.cleared(), counted)
	return Redeemed{Tenant: tenant, User: u.ID}, err
}

// setByCode commits the new password, the code's end and that of every session in one act. Whoever is overtaken is refused:
// of two with the same code, one sets a password.
func setByCode(ctx context.Context, c *op.Call, d Ports, tenant string, u User, o OneTimeCode, text string) error {
	hash, err := d.Passwords.Hash(ctx, text)
	if err != nil {
		return err
	}
	after := u
	after.PasswordHash, after.Version = hash, u.Version+1
	open, err := d.Sessions.Sessions(ctx, tenant, u.ID)
	if err != nil {
		return err
	}
	act := ownAct(c, tenant, u.ID, u.Person, "")
	d.Users.SaveUser(act, after, u.Version)
	d.Codes.DropCode(act, o)
	for _, s := range open {
		d.Sessions.EndSession(act, s)
	}
	act.Changed(u.ID, after.Version, u, after)
	if err := commitOwn(ctx, c, d, act); err != nil {
		if isConflict(err) {
			return RuleCode.Err()
		}
		return err
	}
	return nil
}
