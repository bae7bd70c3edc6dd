package platformwire

import (
	"context"
	"crypto/rand"

	"backoffice/internal/platform"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/wire"
)

// OfferClaim makes a one-time code for the first administrator and gives it, to be shown once; "" when the installation has
// one already. Only the code's hash is kept, so each start without an administrator makes another.
func OfferClaim(ctx context.Context, env *wire.Env) (code string, err error) {
	code, _, err = platform.Offer(ctx, platformdb.New(env.DB), rand.Reader, env.Clock())
	return code, err
}
