package relay_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"backoffice/internal/op"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

const tenant = "ten_1"

var spec = op.Spec{ID: "finance.test", Kind: op.Command}

// record commits acts that ask for a projection and emit an event each.
func record(t *testing.T, db *store.DB, acts ...string) {
	t.Helper()
	for _, id := range acts {
		act := &op.Act{ID: id, Tenant: tenant, Operation: spec.ID, Principal: "usr_1", At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Status: 200, Project: "test"}
		act.Record("rec_"+id, 1)
		act.Emit("test.happened.v1", "rec_"+id, 1, map[string]string{"id": id})
		if err := store.NewActs(db, nil).Commit(t.Context(), &spec, act); err != nil {
			t.Fatal(err)
		}
	}
}

func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("act_%04d", i)
	}
	return out
}

// projector notes what it has taken up, once the store has let it; refuses says what it cannot take up.
type projector struct {
	db      *store.DB
	refuses func(act string) error

	mu    sync.Mutex
	taken map[string]int
}

func newProjector(db *store.DB) *projector {
	return &projector{db: db, taken: map[string]int{}, refuses: func(string) error { return nil }}
}

func (p *projector) Table() string { return "finance" }

func (p *projector) Project(ctx context.Context, acts []store.PendingAct) (int, error) {
	acts = acts[:min(7, len(acts))]
	for _, a := range acts {
		if err := p.refuses(a.ID); err != nil {
			return 0, err
		}
	}
	if err := p.db.Settle(ctx, acts, nil); err != nil {
		return 0, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range acts {
		p.taken[a.ID]++
	}
	return len(acts), nil
}

// bus notes what was published; failing deliveries leave the act waiting.
type bus struct {
	mu    sync.Mutex
	heard map[string]int
	fails int
}

func (b *bus) Publish(_ context.Context, act store.PendingAct) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails > 0 {
		b.fails--
		return errors.New("the bus is down")
	}
	for _, e := range relay.Events(act) {
		b.heard[e.ID]++
	}
	return nil
}

// Several relays at once, on a store that answers conflicts as the cloud's does, take each act up exactly once and publish it
// at least once.
func TestRelaysShareTheWork(t *testing.T) {
	db := storetest.On(t, storetest.Engine(t, storetest.Conflicting).RoundTripper())
	const acts = 150
	record(t, db, names(acts)...)
	p, b := newProjector(db), &bus{heard: map[string]int{}}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := relay.New(db, b, p).Drain(t.Context(), "finance", tenant); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, id := range names(acts) {
		if p.taken[id] != 1 || b.heard[id+"-0"] < 1 {
			t.Errorf("%s was taken up %d times and published %d times", id, p.taken[id], b.heard[id+"-0"])
		}
	}
	if waiting, err := db.PendingActs(t.Context(), "finance", tenant, 9); err != nil || len(waiting) > 0 {
		t.Errorf("%d acts wait still: %v", len(waiting), err)
	}
	if n, err := db.VerifyChain(t.Context(), "finance", tenant); err != nil || n != acts {
		t.Errorf("the chain holds %d acts: %v", n, err)
	}
}

// An act whose event cannot be delivered waits, and is delivered later.
func TestFailedDeliveryIsRepeated(t *testing.T) {
	db := storetest.Open(t)
	record(t, db, names(3)...)
	p, b := newProjector(db), &bus{heard: map[string]int{}, fails: 2}
	r := relay.New(db, b, p)
	for n := range 2 {
		if err := r.Drain(t.Context(), "finance", tenant); err == nil || len(p.taken) > 0 {
			t.Errorf("round %d: %v, %v taken up without their events", n, err, p.taken)
		}
	}
	if err := r.Drain(t.Context(), "finance", tenant); err != nil || len(p.taken) != 3 || len(b.heard) != 3 {
		t.Errorf("%v: %v taken up, %v heard", err, p.taken, b.heard)
	}
}

// An act that cannot be taken up is told of and set aside, and does not hold up the others; tried again, it is taken up.
func TestActThatCannotBeTakenUpIsParked(t *testing.T) {
	db := storetest.Open(t)
	record(t, db, names(20)...)
	p := newProjector(db)
	broken := errors.New("it makes no sense")
	p.refuses = func(act string) error {
		if act == "act_0003" || act == "act_0011" {
			return broken
		}
		return nil
	}
	r := relay.New(db, nil, p)
	var parked *relay.ParkedError
	for range 5 {
		if err := r.Drain(t.Context(), "finance", tenant); err != nil && (!errors.As(err, &parked) || !errors.Is(err, broken)) {
			t.Fatal(err)
		}
	}
	if parked == nil || len(p.taken) != 18 || p.taken["act_0003"] != 0 {
		t.Fatalf("alarm %v, taken up %d", parked, len(p.taken))
	}
	p.refuses = func(string) error { return nil }
	if err := r.Retry(t.Context(), "finance", tenant); err != nil {
		t.Fatal(err)
	}
	if err := r.Drain(t.Context(), "finance", tenant); err != nil || len(p.taken) != 20 {
		t.Errorf("%v: %d taken up", err, len(p.taken))
	}
	for id, n := range p.taken {
		if n != 1 {
			t.Errorf("%s was taken up %d times", id, n)
		}
	}
}

// A relay that meets nothing but conflicts ends with its context.
func TestEndlessConflictEndsWithTheContext(t *testing.T) {
	db := storetest.Open(t)
	record(t, db, "act_1")
	p := newProjector(db)
	asked := 0
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	p.refuses = func(string) error {
		if asked++; asked == 3 {
			stop()
		}
		return op.ErrConflict
	}
	if err := relay.New(db, nil, p).Drain(ctx, "finance", tenant); err == nil || asked > 3 {
		t.Errorf("%v after %d tries", err, asked)
	}
}

// The worker drains what it is kicked for, each place once however often it was kicked meanwhile, and ends with its context.
func TestWorker(t *testing.T) {
	var mu sync.Mutex
	var drained []string
	enough := make(chan struct{})
	w := relay.NewWorker(func(_ context.Context, table, of string) error {
		mu.Lock()
		defer mu.Unlock()
		if drained = append(drained, table+"/"+of); len(drained) == 2 {
			close(enough)
		}
		return errors.New("left waiting")
	}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	for range 100 {
		w.Kick("finance", "ten_1", "act_1")
		w.Kick("platform", "ten_2", "act_2")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { w.Run(ctx); close(ended) }()
	<-enough
	stop()
	<-ended
	slices.Sort(drained)
	if !slices.Equal(drained, []string{"finance/ten_1", "platform/ten_2"}) {
		t.Errorf("drained %v", drained)
	}
}
