// Package ledger proves the ledger against a store that fails: a simulation of several processes and relays over a transport
// that spoils calls, races, planted faults, and reports held against a model in plain Go.
package ledger

import (
	"context"
	"net/http"
	"testing"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/finance/financewire"
	"backoffice/internal/id"
	"backoffice/internal/op/optest"
	"backoffice/internal/prooftest/faults"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
	"backoffice/internal/wire"
)

// world is a store with an entity's books in it, which several processes use at once.
type world struct {
	*financetest.Books // a process whose calls nothing spoils: it sets up, and looks afterwards
	seed               uint64
	engine             http.RoundTripper
	clock              clock.Clock // of the processes; it stands still unless a test has it move
}

// newWorld opens a store in memory with an entity, a gapless series GRN and two cost centres.
func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{seed: seed, engine: storetest.Engine(t).RoundTripper(), clock: clock.Fixed(optest.Start)}
	w.Books = financetest.Over(t, storetest.On(t, w.engine))
	w.Do(optest.Call{Op: &finance.CreateSeries, Body: map[string]any{"entity": w.Entity.ID, "code": "GRN", "gapless": true}}).Must(nil)
	for _, v := range []string{"100", "200"} {
		w.Do(optest.Call{Op: finance.DimensionValues.Create(), Body: map[string]any{"entity": w.Entity.ID, "dimension": "cost-centre", "code": v, "name": "Centre " + v}}).Must(nil)
	}
	return w
}

// run has the clock begin where the kit's does and go on as time does.
func (w *world) run() {
	begun := time.Now()
	w.clock = func() time.Time { return clock.Truncate(optest.Start.Add(time.Since(begun))) }
}

// process is one process of the system with a store of its own making, ids of its own, and leases of its own.
type process struct {
	*optest.Kit
	lane string
	db   *store.DB
}

// process starts a process whose calls go through a transport, in a lane.
func (w *world) process(t *testing.T, lane string, transport http.RoundTripper) *process {
	t.Helper()
	p := &process{lane: lane, db: store.Open(storetest.Config(transport), "test", faults.AtOnce(sdkAttempts))}
	p.Kit = optest.New(t, p.db, nil)
	p.Tenant = w.Tenant
	ids := id.NewSource(w.clock, faults.Chance(w.seed, lane))
	p.Runtime.Clock, p.Runtime.IDs = w.clock, ids
	p.Env = &wire.Env{DB: p.db, Clock: w.clock, IDs: ids}
	ports, err := financewire.Open(t.Context(), p.Env)
	if err != nil {
		t.Fatal(err)
	}
	p.Ports = ports
	return p
}

// do makes a call in the process's lane.
func (p *process) do(ctx context.Context, c optest.Call) optest.Answer {
	c.Context = faults.In(ctx, p.lane)
	return p.Do(c)
}

// relay gives a relay of the process.
func (p *process) relay() *relay.Relay { return relay.New(p.db, nil, financedb.NewProjector(p.db)) }
