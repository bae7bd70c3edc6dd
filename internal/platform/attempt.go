package platform

import (
	"context"
	"time"
)

const countTriesMax = 4

// attempt checks a password under the count of failures before it. The attempt is counted before the password is looked
// at and forgiven after a success, so that any number of attempts at once get no more tries than one after the other would.
// The work is the same whether there is a hash or not.
func attempt(ctx context.Context, at time.Time, d Ports, of Guessed, hash, text string) (bool, error) {
	counted, err := countAttempt(ctx, at, d, of)
	if err != nil {
		return false, err
	}
	right, err := d.Passwords.Verify(ctx, text, hash)
	if err != nil || !right {
		return false, err
	}
	// Somebody else's attempt may have been counted meanwhile: then the count stays, which is the safe side.
	if _, err := d.Logins.SaveFailures(ctx, of, counted.cleared(), counted); err != nil {
		return false, err
	}
	return true, nil
}

func countAttempt(ctx context.Context, at time.Time, d Ports, of Guessed) (Failures, error) {
	for range countTriesMax {
		was, err := d.Logins.Failures(ctx, of)
		if err != nil {
			return Failures{}, err
		}
		if wait := was.wait(at); wait > 0 {
			return Failures{}, RuleSignInTooMany.Err().After(wait)
		}
		f := was.another(at)
		saved, err := d.Logins.SaveFailures(ctx, of, f, was)
		if err != nil {
			return Failures{}, err
		}
		if saved {
			return f, nil
		}
	}
	return Failures{}, RuleSignInTooMany.Err().After(time.Second) // that many at once are no person's
}
