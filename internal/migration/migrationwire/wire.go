// Package migrationwire makes the migration domain's ports over the real store.
package migrationwire

import (
	"context"

	"backoffice/internal/finance/financewire"
	"backoffice/internal/metrics"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationdb"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// Open makes the ports of a process.
func Open(ctx context.Context, env *wire.Env) (migration.Ports, error) {
	ledger, err := financewire.Open(ctx, env)
	if err != nil {
		return migration.Ports{}, err
	}
	return migration.Ports{Records: store.NewKeeper(env.DB, migration.Table), Imports: migrationdb.New(env.DB), Jobs: platformdb.NewJobs(env.DB), Finance: ledger,
		Files: env.Files, Acts: metrics.Counted(store.NewActs(env.DB, nil)), Relay: relay.New(env.DB, env.Bus), Chain: store.NewChain(env.DB)}, nil
}
