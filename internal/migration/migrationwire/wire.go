// Package migrationwire makes the migration domain's ports over the real store.
package migrationwire

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"backoffice/internal/files/s3files"
	"backoffice/internal/finance/financewire"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationdb"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// Open makes the ports of a process. Where a bucket is configured, files stand there; a host that keeps files otherwise sets
// Files afterwards.
func Open(ctx context.Context, env *wire.Env) (migration.Ports, error) {
	ledger, err := financewire.Open(ctx, env)
	if err != nil {
		return migration.Ports{}, err
	}
	p := migration.Ports{Records: store.NewKeeper(env.DB, migration.Table), Imports: migrationdb.New(env.DB), Jobs: platformdb.NewJobs(env.DB), Finance: ledger,
		Relay: relay.New(env.DB, env.Bus), Chain: store.NewChain(env.DB)}
	if env.Config.Bucket != "" {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return p, fmt.Errorf("migrationwire: %w", err)
		}
		p.Files = s3files.New(s3.NewFromConfig(cfg), env.Config.Bucket)
	}
	return p, nil
}
