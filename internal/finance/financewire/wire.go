// Package financewire makes the finance domain's ports over the real store.
package financewire

import (
	"context"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/wire"
)

// Open makes the ports of a process.
func Open(_ context.Context, env *wire.Env) (finance.Ports, error) {
	return finance.Ports{Books: financedb.NewBooks(env.DB), Journals: financedb.NewJournals(env.DB), Numbers: financedb.NewNumbers(env.DB),
		Pending: financedb.NewPending(env.DB), Balances: financedb.NewBalances(env.DB),
		Records: store.NewKeeper(env.DB, finance.Table), PartyNames: financedb.NewPartyNames(env.DB),
		Projections: financedb.NewProjections(env.DB), Jobs: platformdb.NewJobs(env.DB),
		Exports: financedb.NewExports(env.DB), Files: env.Files, Sheets: env.Sheets,
		Relay: relay.New(env.DB, env.Bus, financedb.NewProjector(env.DB)), Chain: store.NewChain(env.DB)}, nil
}
