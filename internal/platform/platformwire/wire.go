// Package platformwire makes the platform domain's ports over the real store, and the authorizer that every call of every
// domain goes through.
package platformwire

import (
	"context"
	"crypto/rand"

	"backoffice/internal/audit"
	"backoffice/internal/metrics"
	"backoffice/internal/platform"
	"backoffice/internal/platform/password"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/relay"
	"backoffice/internal/seal"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// Open makes the ports of a process. Whoever issues tokens sets Tokens afterwards.
func Open(_ context.Context, env *wire.Env) (platform.Ports, error) {
	records := platformdb.New(env.DB)
	var roots *audit.Book
	if env.Roots != nil {
		roots = audit.NewBook(env.Roots, env.RootKey, store.NewChain(env.DB))
	}
	return platform.Ports{Everyone: records, Roots: roots, Tenants: records, People: records, Users: records, Roles: records, Keys: records, Sessions: records, Logins: records, Factors: records, Codes: records, Admins: records, Maintenance: records,
		Jobs: platformdb.NewJobs(env.DB), Announcer: announcer{env.Bus},
		Acts: metrics.Counted(store.NewActs(env.DB, nil)), Authorizer: NewAuthorizer(env), Passwords: password.NewHasher(password.Recommended(), nil), Random: rand.Reader, Sealer: seal.Guard(env.Sealer),
		Relay: relay.New(env.DB, env.Bus), Chain: store.NewChain(env.DB), Rights: Rights()}, nil
}
