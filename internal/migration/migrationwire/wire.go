// Package migrationwire makes the migration domain's ports over the real store.
package migrationwire

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"backoffice/internal/files/s3files"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
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
	ledger := finance.Ports{Books: financedb.NewBooks(env.DB), Journals: financedb.NewJournals(env.DB), Numbers: financedb.NewNumbers(env.DB),
		Pending: financedb.NewPending(env.DB), Balances: financedb.NewBalances(env.DB), Records: store.NewKeeper(env.DB, finance.Table),
		PartyNames: financedb.NewPartyNames(env.DB)}
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

// journals takes the journals of imports, whose acts stand in this domain's table, into the ledger's projections.
type journals struct{ *financedb.Projector }

// Table is the table whose acts it takes up.
func (journals) Table() string { return migration.Table }
