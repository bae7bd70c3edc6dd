package platform

import (
	"context"
	"errors"
	"slices"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/platform/right"
)

// SignIn opens a session with e-mail and password.
var SignIn = op.Op[Ports, SignInIn, Tokens]{
	Spec: op.Spec{
		ID: "platform.sign-in", Kind: op.Command, Route: "POST /platform/v1/sessions", Status: 201, Permission: "session.start",
		InMaintenance: "what is there can be read, and for that one signs in",
		Summary:       "Sign in",
		Description:   "Opens a session with e-mail and password, and a code where the user has a second factor, and answers with an access token and a refresh token. The answer is the same for an unknown e-mail and a wrong password; after five failures within 15 minutes the e-mail has to wait.",
		OnPremise:     "the user pool signs people in there",
		Seals:         op.SealField | op.OpenField,
		Access:        []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Delete, AllTenants: "an e-mail is looked up before the tenant is known"}},
		Public:        "whoever signs in has no token yet",
		NoRecord:      "the tenant is known only on the way: the operation commits an act of its own there, and a repeated call opens another session",
		Exempt:        []op.Exemption{{Rule: "dry-run", Because: "trying passwords out must be counted"}},
		Example:       op.Example{Given: []string{"platform.create-user"}, Body: `{"email":"mina.patel@example.com","password":"copper-lantern-drifts-home","tenant":"${platform.get-session.tenant}"}`},
	},
	Handle: signIn,
}

// SignInIn is the input of SignIn.
type SignInIn struct {
	Email    string `json:"email" minLength:"1" maxLength:"254" example:"mina.patel@example.com" doc:"The user's e-mail; capitals do not count"`
	Password string `json:"password" minLength:"1" maxLength:"128" doc:"The user's password"`
	Tenant   string `json:"tenant,omitempty" maxLength:"40" doc:"ten_…, needed when the e-mail belongs to several tenants"`
	Code     string `json:"code,omitempty" maxLength:"40" doc:"What the authenticator shows, or a recovery code; needed when the user has a second factor"`
}

// Tokens are what a session's holder sends from now on.
type Tokens struct {
	AccessToken  string `json:"accessToken" doc:"Bearer token of the calls that follow"`
	ExpiresIn    int    `json:"expiresIn" doc:"Seconds for which the access token is good"`
	RefreshToken string `json:"refreshToken" doc:"Gets the next pair of tokens, once; using it twice ends the session"`
	Session      string `json:"session" doc:"ses_…"`
	Tenant       string `json:"tenant" doc:"ten_…"`
}

func signIn(ctx context.Context, c *op.Call, d Ports, in SignInIn) (Tokens, error) {
	if err := mayIssue(c, d); err != nil {
		return Tokens{}, err
	}
	login := LoginHash(in.Email)
	u, tenant, several, err := candidate(ctx, d, login, in.Tenant)
	if err != nil {
		return Tokens{}, err
	}
	hash := u.PasswordHash
	if u.State != StateActive {
		hash = ""
	}
	known, err := attempt(ctx, c.At, d, Guessed{Login: login}, hash, in.Password)
	if err != nil {
		return Tokens{}, err
	}
	if !known {
		return Tokens{}, RuleSignIn.Err()
	}
	if several { // told only to those who know the password in the oldest of the tenants
		return Tokens{}, RuleTenantNeeded.At("/tenant")
	}
	methods := []string{"pwd"}
	proven, err := proveFactor(ctx, c.At, d, tenant, u.ID, in.Code)
	if err != nil {
		return Tokens{}, err
	}
	if proven {
		methods = append(methods, "otp", "mfa")
	}
	stronger, err := rehashed(ctx, d, u, in.Password)
	if err != nil {
		return Tokens{}, err
	}
	return openSession(ctx, c, d, tenant, u, methods, stronger)
}

// mayIssue refuses where tokens are issued elsewhere, and dry runs, which would have to count attempts and must not.
func mayIssue(c *op.Call, d Ports) error {
	if d.Tokens == nil {
		return RuleSignInAbroad.Err()
	}
	if c.DryRun {
		return RuleNoDryRun.At("dryRun")
	}
	return nil
}

// candidate finds whose password is to be checked: the e-mail's user in the named tenant, or its oldest user. There may be
// none; the user is then empty.
func candidate(ctx context.Context, d Ports, login, named string) (u User, tenant string, several bool, err error) {
	logins, err := d.Logins.Logins(ctx, login)
	if err != nil {
		return User{}, "", false, err
	}
	if named != "" {
		logins = slices.DeleteFunc(logins, func(l Login) bool { return l.Tenant != named })
	}
	l := Login{Tenant: "ten_none", User: "usr_none"} // read all the same: an unknown e-mail costs as many calls as a known one
	if len(logins) > 0 {
		l = logins[0]
	}
	u, err = d.Users.User(ctx, l.Tenant, l.User)
	if fault.OfKind(err, fault.NotFound) {
		return User{}, "", false, nil
	}
	return u, l.Tenant, len(logins) > 1, err
}

// rehashed gives the user with a hash of today's parameters where the present one was made with others, else nil: only at a
// sign-in is the password at hand.
func rehashed(ctx context.Context, d Ports, u User, text string) (*User, error) {
	if !d.Passwords.Stale(u.PasswordHash) {
		return nil, nil
	}
	hash, err := d.Passwords.Hash(ctx, text)
	if err != nil {
		return nil, err
	}
	u.PasswordHash, u.Version = hash, u.Version+1
	return &u, nil
}

// openSession commits a new session in an act of the user's tenant, and tidies that user's old ones away.
func openSession(ctx context.Context, c *op.Call, d Ports, tenant string, u User, methods []string, stronger *User) (Tokens, error) {
	family, err := secret(d.Random)
	if err != nil {
		return Tokens{}, err
	}
	current, err := secret(d.Random)
	if err != nil {
		return Tokens{}, err
	}
	s := Session{ID: c.NewID("ses"), Tenant: tenant, User: u.ID, Person: u.Person, Methods: methods, AuthTime: c.At,
		End: c.At.Add(sessionHours * time.Hour), Family: HashSecret(family)}.renewed(c.At, current)
	if err := commitSession(ctx, c, d, s, stronger); err != nil {
		return Tokens{}, err
	}
	return issue(d, s, family, current)
}

// commitSession commits the session, and does so again when one of those that it tidies away was refreshed meanwhile. A new
// hash that was overtaken waits for the next sign-in.
func commitSession(ctx context.Context, c *op.Call, d Ports, s Session, stronger *User) error {
	id := c.NewID("act")
	for try := range commitTriesMax {
		act := ownAct(c, s.Tenant, s.User, s.Person, s.ID)
		act.ID = id // the same at every try: a session that was opened, and ended meanwhile, is not opened again
		if err := tidy(ctx, c.At, act, d, s.Tenant, s.User); err != nil {
			return err
		}
		d.Sessions.AddSession(act, s)
		if stronger != nil && try == 0 {
			d.Users.SaveUser(act, *stronger, stronger.Version-1)
		}
		act.Record(s.ID, s.Version)
		if err := commitOwn(ctx, c, d, act); !isConflict(err) {
			return err
		}
	}
	return op.RuleUnavailable.Err()
}

const commitTriesMax = 4

// commitOwn commits an act that has no key but its own new id. One that is there already was committed by an earlier attempt
// whose answer was lost.
func commitOwn(ctx context.Context, c *op.Call, d Ports, act *op.Act) error {
	err := d.Acts.Commit(ctx, c.Spec, act)
	if errors.Is(err, op.ErrDuplicate) {
		return nil
	}
	return err
}

// ownAct makes the act of an operation that learns only on the way in which tenant it acts.
func ownAct(c *op.Call, tenant, principal, person, session string) *op.Act {
	return &op.Act{ID: c.NewID("act"), Tenant: tenant, Operation: c.Spec.ID, Principal: principal, Person: person, Session: session,
		At: c.At, Status: c.Spec.SuccessStatus()}
}

// tidy ends the sessions that have run out, and the oldest of those above the limit.
func tidy(ctx context.Context, at time.Time, act *op.Act, d Ports, tenant, user string) error {
	sessions, err := d.Sessions.Sessions(ctx, tenant, user)
	if err != nil {
		return err
	}
	open := len(sessions)
	for _, s := range sessions { // in the order in which they were opened
		if !s.open(at) || open >= sessionsMax {
			d.Sessions.EndSession(act, s)
			open--
		}
	}
	return nil
}

// issue makes the tokens of a session.
func issue(d Ports, s Session, family, current string) (Tokens, error) {
	token, good, err := d.Tokens.Issue(op.Identity{Tenant: s.Tenant, Principal: s.User, Person: s.Person, Session: s.ID,
		Scopes: Scopes(d.Rights), Methods: s.Methods, AuthTime: s.AuthTime})
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{AccessToken: token, ExpiresIn: int(good / time.Second), RefreshToken: refreshToken(s, family, current), Session: s.ID, Tenant: s.Tenant}, nil
}

// Scopes lists the token scopes of the domains that rights belong to: one per domain.
func Scopes(rights []string) []string {
	var out []string
	for _, r := range rights {
		out = append(out, right.Scope(right.Domain(r)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
