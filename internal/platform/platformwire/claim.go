package platformwire

import (
	"context"
	"crypto/rand"
	"time"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/wire"
)

// claimHours is how long a first administrator's code is good.
const claimHours = 24

// OfferClaim makes a one-time code for the first administrator and gives it, to be shown once; "" when the installation has
// one already. Only the code's hash is kept, so each start without an administrator makes another.
func OfferClaim(ctx context.Context, env *wire.Env) (code string, err error) {
	records := platformdb.New(env.DB)
	was, err := records.Claim(ctx)
	if err != nil || was.Used {
		return "", err
	}
	code = rand.Text() // 26 characters, at least 128 bits
	offered := platform.Claim{Hash: platform.HashSecret(code), Until: env.Clock().Add(claimHours * time.Hour), Version: was.Version + 1}
	won, err := records.OfferClaim(ctx, offered, was.Version)
	if err != nil || !won { // another process was faster and shows its own
		return "", err
	}
	return code, nil
}
