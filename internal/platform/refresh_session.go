package platform

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// RefreshSession trades a refresh token for the next pair of tokens.
var RefreshSession = op.Op[Ports, RefreshSessionIn, Tokens]{
	Spec: op.Spec{
		ID: "platform.refresh-session", Kind: op.Command, Route: "POST /platform/v1/sessions/refresh", Permission: "session.refresh",
		InMaintenance: "whoever reads stays signed in",
		Summary:       "Get the next pair of tokens",
		Description:   "Trades a refresh token for an access token and the next refresh token. A refresh token is good once and for an hour, a session for twelve. A token that is used a second time is in two hands: its session ends.",
		OnPremise:     "the user pool renews its tokens there",
		Access:        []op.Access{{Table: Table, Do: op.Get | op.Put | op.Delete, AllTenants: "the tenant is in the refresh token, which is checked against its partition"}},
		Public:        "the access token may have expired",
		NoRecord:      "a rotation changes nothing that is kept for the record; ending a session because of a token used twice commits an act of its own",
		Exempt:        []op.Exemption{{Rule: "dry-run", Because: "a token is good once"}},
		Example:       op.Example{Body: `{"refreshToken":"${platform.sign-in.refreshToken}"}`},
	},
	Handle: refreshSession,
}

// RefreshSessionIn is the input of RefreshSession.
type RefreshSessionIn struct {
	RefreshToken string `json:"refreshToken" minLength:"1" maxLength:"400" doc:"The latest one that the session was given"`
}

func refreshSession(ctx context.Context, c *op.Call, d Ports, in RefreshSessionIn) (Tokens, error) {
	if err := mayIssue(c, d); err != nil {
		return Tokens{}, err
	}
	p, ok := parseRefresh(in.RefreshToken)
	if !ok {
		return Tokens{}, RuleRefresh.Err()
	}
	s, err := d.Sessions.Session(ctx, p.tenant, p.user, p.session)
	if fault.OfKind(err, fault.NotFound) || err == nil && !Opens(p.family, s.Family) {
		return Tokens{}, RuleRefresh.Err()
	}
	if err != nil {
		return Tokens{}, err
	}
	if !Opens(p.current, s.Current) || !s.open(c.At) {
		return Tokens{}, endFamily(ctx, c, d, s)
	}
	u, err := d.Users.User(ctx, p.tenant, p.user)
	if err != nil {
		return Tokens{}, err
	}
	if u.State != StateActive {
		return Tokens{}, RuleRefresh.Err()
	}
	current, err := secret(d.Random)
	if err != nil {
		return Tokens{}, err
	}
	next := s.renewed(c.At, current)
	won, err := d.Sessions.Rotate(ctx, next, s.Version)
	if err != nil {
		return Tokens{}, err
	}
	if !won { // the same token twice at once
		return Tokens{}, endLatest(ctx, c, d, s)
	}
	return issue(d, next, p.family, current)
}

// endFamily ends a session whose token is spent or has run out, and refuses the call.
func endFamily(ctx context.Context, c *op.Call, d Ports, s Session) error {
	act := ownAct(c, s.Tenant, s.User, s.Person, s.ID)
	act.Status = op.StatusOf(RuleRefresh.Kind)
	d.Sessions.EndSession(act, s)
	act.Record(s.ID, s.Version)
	if err := commitOwn(ctx, c, d, act); err != nil && !isConflict(err) {
		return err
	}
	return RuleRefresh.Err()
}

// endLatest ends a session that was overtaken meanwhile, as it is now.
func endLatest(ctx context.Context, c *op.Call, d Ports, s Session) error {
	latest, err := d.Sessions.Session(ctx, s.Tenant, s.User, s.ID)
	if fault.OfKind(err, fault.NotFound) {
		return RuleRefresh.Err()
	}
	if err != nil {
		return err
	}
	return endFamily(ctx, c, d, latest)
}
