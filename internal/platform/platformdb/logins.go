package platformdb

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/store"
)

// Logins gives the users whom an e-mail belongs to, the oldest first: a user's id tells when it was made.
func (s *Records) Logins(ctx context.Context, login string) ([]platform.Login, error) {
	prefix := store.At("T", "")
	to := func(r loginRow) platform.Login { return platform.Login{Tenant: r.Tenant, User: r.User} }
	logins, _, err := scan(ctx, s, store.Range{Table: table, PK: store.In(loginSpace, login), Prefix: &prefix}, to)
	slices.SortFunc(logins, func(a, b platform.Login) int {
		return cmp.Or(strings.Compare(a.User, b.User), strings.Compare(a.Tenant, b.Tenant))
	})
	return logins, err
}

// Failures gives the count of wrong passwords.
func (s *Records) Failures(ctx context.Context, of platform.Guessed) (platform.Failures, error) {
	r, _, err := store.Load[failuresRow](ctx, s.db, failuresKey(of))
	if err != nil {
		return platform.Failures{}, err
	}
	f := platform.Failures{Count: r.Count, Version: r.Version}
	if r.Last != "" {
		f.Last, err = clock.Parse(r.Last)
	}
	return f, err
}

// SaveFailures puts a count over the one that was read.
func (s *Records) SaveFailures(ctx context.Context, of platform.Guessed, f, was platform.Failures) (bool, error) {
	k := failuresKey(of)
	row := failuresRow{Row: store.NewRow(k.PK, k.SK, schema, f.Version), Count: f.Count, Last: instant(f.Last)}
	return s.putOver(ctx, row, was.Version)
}

// Claim gives the first administrator's code; the empty one when none was made.
func (s *Records) Claim(ctx context.Context) (platform.Claim, error) {
	r, found, err := store.Load[claimRow](ctx, s.db, claimKey())
	if err != nil || !found {
		return platform.Claim{}, err
	}
	until, err := clock.Parse(r.Until)
	return platform.Claim{Hash: r.Hash, Until: until, Used: r.Used, Version: r.Version}, err
}

// OfferClaim puts a code in place of the one that was read; false when somebody was faster.
func (s *Records) OfferClaim(ctx context.Context, c platform.Claim, was int) (bool, error) {
	return s.putOver(ctx, claimRowOf(c), was)
}

// UseClaim marks the code as used.
func (s *Records) UseClaim(act *op.Act, c platform.Claim) {
	was := c.Version
	c.Used, c.Version = true, was+1
	act.Write(store.Replace(table, claimRowOf(c), was))
}

func claimRowOf(c platform.Claim) claimRow {
	k := claimKey()
	return claimRow{Row: store.NewRow(k.PK, k.SK, schema, c.Version), Hash: c.Hash, Until: instant(c.Until), Used: c.Used}
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return clock.Format(t)
}
