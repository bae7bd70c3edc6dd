// Package system proves the whole system against a store that fails, with the operations of every domain: several processes
// and relays work on the same tenants over a transport that spoils calls, by a script drawn from a seed out of the operations'
// own examples. A new operation takes part by being in the catalogue.
package system

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/authn"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/jobs"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/prooftest/faults"
	"backoffice/internal/relay"
	"backoffice/internal/store/storetest"
)

const (
	// sdkAttempts is how often the store's client repeats a call: fewer than the longest burst of faults.
	sdkAttempts  = 6
	tenantsInRun = 2
	clientsEach  = 2 // of a tenant, so that two work on the same records at once
	thingsEach   = 14
)

// signingKey is made once: making it costs more than a whole system.
var signingKey = sync.OnceValues(authn.NewKey)

// world is a store with some tenants in it, on which several processes work at once.
type world struct {
	*rehearsal.System // a process whose calls nothing spoils: it sets up, and looks afterwards
	seed              uint64
	key               authn.Key
	engine            http.RoundTripper
	tenants           []*rehearsal.Tenant
	heard             *heard
	skipped           atomic.Int64 // how much later than the beginning it is, in nanoseconds
}

// heard are the events that were published, by id, and how often.
type heard struct {
	mu    sync.Mutex
	times map[string]int
}

func (h *heard) hear(e relay.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.times[e.ID]++
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{seed: seed, engine: storetest.Engine(t).RoundTripper(), heard: &heard{times: map[string]int{}}}
	var err error
	if w.key, err = signingKey(); err != nil {
		t.Fatal(err)
	}
	w.System = w.process(t, "", w.engine)
	for range tenantsInRun {
		tn, err := w.Tenant(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.tenants = append(w.tenants, tn)
	}
	return w
}

// now is the processes' clock. It stands still but for what is skipped: chance has a part in how long a process waits before it
// tries again, and must have none in what a seed brings about.
func (w *world) now() time.Time { return rehearsal.Begin().Add(time.Duration(w.skipped.Load())) }

func (w *world) skip(by time.Duration) { w.skipped.Add(int64(by)) }

// process starts a process with ids of its own, whose calls go through a transport.
func (w *world) process(t *testing.T, lane string, transport http.RoundTripper) *rehearsal.System {
	t.Helper()
	s, err := rehearsal.Open(t.Context(), rehearsal.Options{Transport: transport, Clock: w.now, Random: faults.Chance(w.seed, lane), Secrets: faults.Chance(w.seed, lane+" secrets"),
		Key: w.key, Hear: w.heard.hear, Client: []func(*dynamodb.Options){faults.AtOnce(sdkAttempts)}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// simulation is a run that has ended, its faults still on.
type simulation struct {
	*world
	transport *faults.Transport
	book      *book
	rates     faults.Rates
}

// plant is a fault in the system itself, in what it sends to the store, and the operations that are to meet it; none for all.
type plant struct {
	tamper func(*faults.Call)
	only   []string
}

// simulate runs clients and relays until the clients have done.
func simulate(t *testing.T, seed uint64, rates faults.Rates, planted plant) *simulation {
	t.Helper()
	s := &simulation{world: newWorld(t, seed), book: &book{}, rates: rates}
	lanes := []string{"relay-1", "relay-2", "runner-1"}
	for n := range tenantsInRun * clientsEach {
		lanes = append(lanes, fmt.Sprintf("client-%d", n+1))
	}
	next := s.engine
	if planted.tamper != nil {
		next = &faults.Tamper{Next: next, Change: planted.tamper}
	}
	turns := faults.NewTurns(seed, lanes...)
	s.transport = faults.New(next, seed, rates, turns)
	var all sync.WaitGroup
	var working atomic.Int64
	working.Store(tenantsInRun * clientsEach)
	for n, lane := range lanes {
		p := s.process(t, lane, s.transport)
		serve := map[string]func(context.Context, *rehearsal.System){"relay": s.takeUp, "runner": s.runJobs}[strings.TrimRight(lane, "-12")]
		if serve != nil {
			all.Go(func() {
				turns.Run(lane, func() {
					for working.Load() > 0 {
						serve(faults.In(t.Context(), lane), p)
					}
				})
			})
			continue
		}
		tenant := s.tenants[n%tenantsInRun]
		all.Go(func() {
			turns.Run(lane, func() {
				defer working.Add(-1)
				newClient(s, p, tenant, lane).work(t.Context(), playable(planted.only))
			})
		})
	}
	all.Wait()
	return s
}

// takeUp takes up what waits; what fails is taken up by the next call.
func (s *simulation) takeUp(ctx context.Context, p *rehearsal.System) {
	for _, tn := range s.tenants {
		_ = p.Settle(ctx, tn.ID)
	}
}

// runJobs does the steps of every job that has not ended; what fails is done by the next call, or recorded as failed.
func (s *simulation) runJobs(ctx context.Context, p *rehearsal.System) {
	active := platformdb.NewJobs(p.DB)
	runner := jobs.NewRunner(active, p.Host.Invoke, slog.New(slog.DiscardHandler))
	waiting, err := active.Active(ctx)
	if err != nil {
		return
	}
	for _, j := range waiting {
		_ = runner.Do(ctx, j)
	}
}
