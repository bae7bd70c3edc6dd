package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"backoffice/internal/finance"
	"backoffice/internal/prooftest/faults"
)

const (
	clientsInRun = 4
	thingsEach   = 12
	usualSeeds   = 16
)

// Several clients work against several processes while the store's answers are lost, delayed, refused and repeated, and two
// relays race for the same acts. Then the faults end, and everything must come out even.
func TestLedgerUnderFaults(t *testing.T) {
	replays, all := 0, faults.Seeds(t, usualSeeds, 5)
	for _, seed := range all {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := simulate(t, seed, faults.Draw(seed), plant{})
				s.settle(t)
				s.transport.Report(t, s.inspect(t).Findings)
				s.replays(t)
				s.transport.Report(t, s.inspect(t).Findings) // asking again changed nothing
				replays += s.book.replays
			})
		})
	}
	if replays == 0 && len(all) >= usualSeeds {
		t.Error("no client ever met its own act: the faults were too mild to prove anything")
	}
}

// The same seed gives the same run, fault by fault: what failed can be looked at again.
func TestSeedReplaysTheRun(t *testing.T) {
	var logs [2][]string
	for i := range logs {
		synctest.Test(t, func(t *testing.T) { logs[i] = simulate(t, 7, faults.Draw(7), plant{}).transport.Log() })
	}
	if !slices.Equal(logs[0], logs[1]) || len(logs[0]) == 0 {
		t.Errorf("one seed, two runs: %d and %d faults", len(logs[0]), len(logs[1]))
	}
}

// simulation is a run that has ended, its faults still on.
type simulation struct {
	*world
	transport *faults.Transport
	book      *book
	rates     faults.Rates
}

// plant is a fault in the system itself: in what it sends to the store, or in a port.
type plant struct {
	tamper func(*faults.Call)
	port   func(*finance.Ports)
}

// simulate runs clients and relays until the clients have done.
func simulate(t *testing.T, seed uint64, rates faults.Rates, planted plant) *simulation {
	t.Helper()
	s := &simulation{world: newWorld(t, seed), book: &book{}, rates: rates}
	lanes := []string{"relay-1", "relay-2"}
	for i := range clientsInRun {
		lanes = append(lanes, fmt.Sprintf("client-%d", i+1))
	}
	next := s.engine
	if planted.tamper != nil {
		next = &faults.Tamper{Next: next, Change: planted.tamper}
	}
	turns := faults.NewTurns(seed, lanes...)
	s.transport = faults.New(next, seed, s.rates, turns)
	var all sync.WaitGroup
	var working atomic.Int64
	working.Store(clientsInRun)
	for _, lane := range lanes {
		p := s.process(t, lane, s.transport)
		if planted.port != nil {
			ports := p.Ports.(finance.Ports)
			planted.port(&ports)
			p.Ports = ports
		}
		if strings.HasPrefix(lane, "relay") {
			all.Go(func() { turns.Run(lane, func() { s.relays(t.Context(), p, &working) }) })
			continue
		}
		all.Go(func() {
			turns.Run(lane, func() {
				defer working.Add(-1)
				c := &client{process: p, entity: s.Entity.ID, dice: faults.Choices(seed, lane), book: s.book}
				c.work(t.Context(), thingsEach)
			})
		})
	}
	all.Wait()
	return s
}

// relays drains again and again until the clients have done; what fails is taken up later.
func (s *simulation) relays(ctx context.Context, p *process, working *atomic.Int64) {
	for working.Load() > 0 {
		_ = p.relay().Drain(faults.In(ctx, p.lane), finance.Table, s.Tenant) // the next round takes up what this one could not
	}
}

// settle ends the faults and drains: a system that is right converges.
func (s *simulation) settle(t *testing.T) {
	t.Helper()
	s.transport.Stop()
	s.Project()
}

func (s *simulation) inspect(t *testing.T) findings {
	t.Helper()
	r := s.readAll(t)
	f := inspect(r, s.book, s.Tenant, s.Entity.ID)
	if n, err := s.DB.VerifyChain(t.Context(), finance.Table, s.Tenant); err != nil || n != len(r.acts) {
		f.Add(chainHolds, "%d of %d acts: %v", n, len(r.acts), err)
	}
	return f
}

// replays asks for every act again: what was acknowledged gives the first answer, what nobody learnt can be learnt now.
func (s *simulation) replays(t *testing.T) {
	t.Helper()
	p := s.process(t, "", s.transport)
	var counts [3]int
	for _, i := range s.book.intents {
		counts[i.outcome]++
		a := p.do(t.Context(), i.call)
		switch i.outcome {
		case accepted:
			if again := read(a); a.Header.Get("Idempotency-Replayed") != "true" || !i.first.same(again) {
				t.Errorf("%s: first %+v, again %+v", i.tag, i.first, again)
			}
		case refused:
			if a.Status < 400 || a.Problem.Retryable() {
				t.Errorf("%s was refused, and is now answered with %d", i.tag, a.Status)
			}
		case unknown:
			c := client{process: p, book: s.book}
			if !c.learn(i, a) {
				t.Errorf("%s: still no answer, %d %s", i.tag, a.Status, a.Body)
			}
		}
	}
	s.Project()
	t.Logf("seed %d: %d accepted, %d refused, %d learnt later; %d faults", s.seed, counts[accepted], counts[refused], counts[unknown], len(s.transport.Log()))
}
