package platform

import (
	"context"
	"time"

	"backoffice/internal/op"
)

// oneTimeCodeHours is how long a code to set a password with is good.
const oneTimeCodeHours = 72

// OneTimeCode lets its bearer set a user's password once: the invitation of a user who has none, or the way back of one who has
// lost it. It never stands in for a second factor.
type OneTimeCode struct {
	User  string `json:"user" doc:"usr_…"`
	Code  string `json:"code,omitempty" doc:"What the person types in. Shown once, in the first answer"`
	Until string `json:"until" format:"date-time" doc:"When it runs out"`

	Hash    []byte    `json:"-"`
	End     time.Time `json:"-"`
	Version int       `json:"-"`
}

// Location gives the user's address: the code itself can be read nowhere.
func (o OneTimeCode) Location() string { return User{ID: o.User}.Location() }

// takes tells whether a code is the one that was issued, at an instant at which it is good.
func (o OneTimeCode) takes(code string, at time.Time) bool {
	return len(o.Hash) > 0 && Opens(code, o.Hash) && at.Before(o.End)
}

// CodeStore keeps the one-time code that a user may have.
type CodeStore interface {
	// Code gives a user's code; the empty one when there is none.
	Code(ctx context.Context, tenant, user string) (OneTimeCode, error)
	PutCode(act *op.Act, o OneTimeCode, was int)
	// DropCode removes a code inside an act; a conflict when it was used or replaced meanwhile.
	DropCode(act *op.Act, o OneTimeCode)
}
