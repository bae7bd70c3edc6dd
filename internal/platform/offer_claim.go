package platform

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"time"

	"backoffice/internal/op"
)

const (
	// claimHours is how long a first administrator's code is good.
	claimHours = 24
	// codeBytes of randomness are in a one-time code: with 32 characters of base32 nobody guesses one.
	codeBytes = 20
)

// OfferClaim makes the first administrator's one-time code. Operators of a deployed stage call its function; a host calls
// [Offer] by itself when it starts without an administrator, and shows the code.
var OfferClaim = op.Op[Ports, op.None, OfferedClaim]{
	Spec: op.Spec{
		ID: "platform.offer-claim", Kind: op.Job, Permission: "first-administrator.offer",
		Summary:     "Offer the first administrator's code",
		Description: "Makes the one-time code with which somebody becomes the first administrator, and voids the one before it. It is refused once there is an administrator. Nothing calls it by itself: whoever may call the function directly may offer the code.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put, AllTenants: "there is no tenant yet"}},
		Exempt:      []op.Exemption{{Rule: "example", Because: "it is refused as soon as there is a tenant in which an example could stand"}},
		NoRecord:    "there is no tenant yet in which an act could stand; the claim that follows leaves one",
	},
	Handle: offerClaim,
}

// OfferedClaim is a code as its maker is shown it; only its hash is kept.
type OfferedClaim struct {
	Code  string `json:"code" doc:"Good once"`
	Until string `json:"until" format:"date-time" doc:"When it runs out"`
}

func offerClaim(ctx context.Context, c *op.Call, d Ports, _ op.None) (OfferedClaim, error) {
	code, until, err := Offer(ctx, d.Logins, d.Random, c.At)
	if err != nil {
		return OfferedClaim{}, err
	}
	if code == "" {
		return OfferedClaim{}, RuleClaimed.Err()
	}
	return OfferedClaim{Code: code, Until: until.UTC().Format(time.RFC3339)}, nil
}

// Offer makes a one-time code for the first administrator, to be shown once; "" when the installation has one already, or when
// another process was faster and shows its own. Each call voids the code before it.
func Offer(ctx context.Context, logins LoginStore, random io.Reader, at time.Time) (code string, until time.Time, err error) {
	was, err := logins.Claim(ctx)
	if err != nil || was.Used {
		return "", time.Time{}, err
	}
	if code, err = oneTimeCode(random); err != nil {
		return "", time.Time{}, err
	}
	until = at.Add(claimHours * time.Hour)
	won, err := logins.OfferClaim(ctx, Claim{Hash: HashSecret(code), Until: until, Version: was.Version + 1}, was.Version)
	if err != nil || !won {
		return "", time.Time{}, err
	}
	return code, until, nil
}

func oneTimeCode(random io.Reader) (string, error) { return randomCode(random, codeBytes) }

// randomCode makes a code of so many random bytes that can be read out and typed: capitals and digits that are not mistaken for
// one another.
func randomCode(random io.Reader, size int) (string, error) {
	raw := make([]byte, size)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("platform: make a code: %w", err)
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw), nil
}
