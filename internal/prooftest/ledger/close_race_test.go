package ledger

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"backoffice/internal/finance"
	"backoffice/internal/op/optest"
	"backoffice/internal/prooftest/faults"
)

// Postings race the closing of their period over a slow store: what was posted is in the totals that were final at the close,
// and what came too late was refused.
func TestPostingRacesClose(t *testing.T) {
	for _, seed := range faults.Seeds(t, 8, 3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := race(t, seed, nil)
				if len(r.broken.Findings) > 0 || r.posted == 0 || r.tooLate == 0 {
					t.Errorf("seed %d (%s): %d posted, %d too late; %v", seed, faults.SeedVariable, r.posted, r.tooLate, r.broken.Findings)
				}
			})
		})
	}
}

// A system that did not look at the closing state would post into a closed period.
func TestPlantedIgnoredClosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := race(t, 1, func(p *process) {
			ports := p.Ports.(finance.Ports)
			ports.Books = everOpen{ports.Books}
			if p.lane != "closer" {
				p.Ports = ports
			}
		})
		if !r.broken.Of(sumOfClosed) {
			t.Errorf("postings into a closed period went unnoticed: %v", r.broken.Findings)
		}
	})
}

// A system that closed at once would miss a posting that was under way.
func TestPlantedHastyClose(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3, 4, 5, 6, 7, 8} {
		found := false
		synctest.Test(t, func(t *testing.T) {
			r := race(t, seed, func(p *process) {
				if p.lane == "closer" {
					p.lane = "" // it does not lose time on the way, either
					now, hurry := p.Runtime.Clock, new(time.Duration)
					p.Runtime.Clock = func() time.Time { *hurry += time.Minute; return now().Add(*hurry) }
				}
			})
			found = r.broken.Of(sumOfClosed)
		})
		if found {
			return
		}
	}
	t.Error("a close that did not wait went unnoticed")
}

// everOpen are books that say every period is open.
type everOpen struct{ finance.BookStore }

// Posting gives what posting must know, with every period open.
func (e everOpen) Posting(ctx context.Context, tenant, entity string, values []finance.DimensionKey, parties ...string) (finance.Books, error) {
	b, err := e.BookStore.Posting(ctx, tenant, entity, values, parties...)
	for k, p := range b.Calendar.Periods {
		p.State = finance.PeriodOpen
		b.Calendar.Periods[k] = p
	}
	return b, err
}

const sumOfClosed = "a closed period's totals are final"

// raced is how a race ended.
type raced struct {
	posted, tooLate int64
	broken          findings
}

const (
	posters    = 4
	startsAt   = 20 * time.Second
	goesOn     = 30 * time.Second // postings after the close
	asksEvery  = 700 * time.Millisecond
	usualDelay = 30 * time.Millisecond
	rareDelay  = 9 * time.Second
)

// race has clients post into April while another closes it, in virtual time; change, if any, plants a fault in a process.
func race(t *testing.T, seed uint64, change func(*process)) raced {
	t.Helper()
	w := newWorld(t, seed)
	w.run()
	slow := &faults.Slow{Next: w.engine, Seed: seed, Usual: usualDelay, Rare: rareDelay}
	var out raced
	var posted, tooLate atomic.Int64
	var over atomic.Bool
	var closed []string
	var all sync.WaitGroup
	start := func(lane string, work func(p *process)) {
		p := w.process(t, lane, slow)
		if change != nil {
			change(p)
		}
		all.Go(func() { work(p) })
	}
	for i := range posters {
		start(fmt.Sprintf("poster-%d", i), func(p *process) {
			for n := 0; !over.Load(); n++ {
				switch a := p.do(t.Context(), optest.Call{Op: &finance.RecordJournal, Key: fmt.Sprintf("%s-%d", p.lane, n), Body: twoLines(w.Entity.ID, "JRN")}); a.Status {
				case http.StatusCreated:
					posted.Add(1)
				case http.StatusUnprocessableEntity:
					tooLate.Add(1)
				}
				<-time.After(asksEvery)
			}
		})
	}
	start("relay", func(p *process) {
		for !over.Load() {
			_ = p.relay().Drain(t.Context(), finance.Table, w.Tenant) // swiftly; the next round takes up what is left
			<-time.After(asksEvery)
		}
	})
	start("closer", func(p *process) {
		<-time.After(startsAt)
		closeApril(t, p, w.Entity.ID)
		closed = slices.Sorted(slices.Values(w.readAll(t).listed))
		<-time.After(goesOn)
		over.Store(true)
	})
	all.Wait()
	parked := w.Relay.Drain(t.Context(), finance.Table, w.Tenant)
	r := w.readAll(t)
	out.posted, out.tooLate = posted.Load(), tooLate.Load()
	var now []string
	for _, j := range out.broken.journals(r) {
		now = append(now, j.ID)
	}
	if !slices.Equal(closed, now) || parked != nil {
		out.broken.Add(sumOfClosed, "%d journals in its totals when it was closed, %d in the books now: %v", len(closed), len(now), parked)
	}
	if int64(len(now)) < out.posted {
		out.broken.Add(onceEach, "%d acknowledged, %d there", out.posted, len(now))
	}
	return out
}

// closeApril closes the period, asking as often as it is told to wait.
func closeApril(t *testing.T, p *process, entity string) {
	period := map[string]string{"periodId": entity + ".2026-04"}
	for n := 0; ; n++ {
		if a := p.do(t.Context(), optest.Call{Op: &finance.StartClosingPeriod, Key: "start", Path: period, Version: 1}); a.Status == http.StatusOK {
			break
		}
	}
	for n := 0; ; n++ {
		a := p.do(t.Context(), optest.Call{Op: &finance.ClosePeriod, Key: fmt.Sprintf("close-%d", n), Path: period, Version: 2})
		if a.Status == http.StatusOK {
			return
		}
		<-time.After(asksEvery)
	}
}
