package platform

import (
	"strings"
	"time"

	"backoffice/internal/id"
)

const (
	// sessionHours is how long a session can be kept alive by refreshing.
	sessionHours = 12
	// refreshIdleMinutes is how long a refresh token is good for.
	refreshIdleMinutes = 60
	// sessionsMax is how many sessions a user can have at once; signing in once more ends the oldest.
	sessionsMax = 20

	failuresMax          = 5
	failureWindowMinutes = 15
)

// Session is one sign-in of a user, and the family of refresh tokens that came of it.
type Session struct {
	ID       string
	Tenant   string
	User     string
	Person   string
	Methods  []string
	AuthTime time.Time
	Idle     time.Time // the present refresh token is good until then
	End      time.Time
	// Family is the hash of what all refresh tokens of the session have in common, Current of what only the latest has. So a
	// spent token is told from a guess: it ends the session, since it is in two hands; a guess ends nothing.
	Family  []byte
	Current []byte
	Version int
}

// open tells whether the session is still good at an instant.
func (s Session) open(at time.Time) bool { return at.Before(s.Idle) && at.Before(s.End) }

// renewed gives the session with another latest token.
func (s Session) renewed(at time.Time, current string) Session {
	s.Current, s.Version = HashSecret(current), s.Version+1
	s.Idle = at.Add(refreshIdleMinutes * time.Minute)
	if s.Idle.After(s.End) {
		s.Idle = s.End
	}
	return s
}

// A refresh token is "rt1.<tenant>.<user>.<session>.<family>.<current>".
const refreshPrefix = "rt1"

func refreshToken(s Session, family, current string) string {
	return strings.Join([]string{refreshPrefix, s.Tenant, s.User, s.ID, family, current}, ".")
}

type refreshParts struct{ tenant, user, session, family, current string }

func parseRefresh(token string) (refreshParts, bool) {
	p := strings.Split(token, ".")
	if len(p) != 6 || p[0] != refreshPrefix || !id.Valid("ten", p[1]) || !id.Valid("usr", p[2]) || !id.Valid("ses", p[3]) {
		return refreshParts{}, false
	}
	return refreshParts{tenant: p[1], user: p[2], session: p[3], family: p[4], current: p[5]}, true
}

// Guessed is whose password is tried: an e-mail's, in any tenant, before it is known whose that is; or, by somebody who is
// signed in, a user's.
type Guessed struct {
	Login        string // LoginHash of the e-mail
	Tenant, User string // instead of Login
	Kind         string // of what is tried; "" for a password
}

// What is tried beside passwords, each under a count of its own.
const (
	GuessedFactor = "O" // codes of a second factor
	GuessedCode   = "C" // one-time codes
)

// Failures counts wrong passwords, for an e-mail whether anybody has it or not.
type Failures struct {
	Count   int
	Last    time.Time
	Version int
}

// over tells whether the last failure is so long ago that the count begins anew.
func (f Failures) over(at time.Time) bool {
	return f.Count == 0 || !at.Before(f.Last.Add(failureWindowMinutes*time.Minute))
}

// wait gives how long the e-mail has to wait; nought when it may try.
func (f Failures) wait(at time.Time) time.Duration {
	if f.over(at) || f.Count < failuresMax {
		return 0
	}
	return f.Last.Add(failureWindowMinutes * time.Minute).Sub(at)
}

// another counts one more attempt.
func (f Failures) another(at time.Time) Failures {
	if f.over(at) {
		f.Count = 0
	}
	return Failures{Count: f.Count + 1, Last: at, Version: f.Version + 1}
}

// cleared forgets the failures after a success.
func (f Failures) cleared() Failures { return Failures{Version: f.Version + 1} }

// Claim is the one-time code by which an installation without tenants gets its first administrator.
type Claim struct {
	Hash    []byte
	Until   time.Time
	Used    bool
	Version int
}

// takes tells whether a code is the claim's, at an instant at which it is good.
func (c Claim) takes(code string, at time.Time) bool {
	return len(c.Hash) > 0 && Opens(code, c.Hash) && !c.Used && at.Before(c.Until)
}
