package takeup_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
	"backoffice/internal/takeup"
)

var (
	begin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	spec  = op.Spec{ID: "finance.test", Kind: op.Command}
	acts  = takeup.Acts[takeup.Relay]{Domain: "finance", Relay: func(r takeup.Relay) takeup.Relay { return r }}
)

// commit commits an act so long after the beginning; project says whether the projections lack it.
func commit(t *testing.T, db *store.DB, after time.Duration, tenant, project string) string {
	t.Helper()
	at := begin.Add(after)
	act := &op.Act{ID: id.NewSource(clock.Fixed(at), nil).New("act"), Tenant: tenant, Operation: spec.ID, Principal: "usr_1", At: at, Status: 200, Project: project}
	act.Record("rec_1", 1)
	if err := store.NewActs(db, nil).Commit(t.Context(), &spec, act); err != nil {
		t.Fatal(err)
	}
	return act.ID
}

// projector takes nothing up that it refuses.
type projector struct {
	db      *store.DB
	refuses string
}

func (p *projector) Table() string { return "finance" }

func (p *projector) Project(ctx context.Context, acts []store.PendingAct) (int, error) {
	for _, a := range acts {
		if a.ID == p.refuses {
			return 0, errors.New("it makes no sense")
		}
	}
	return len(acts), p.db.Settle(ctx, acts, nil)
}

// sweep runs the job at an instant and gives what it told.
func sweep(t *testing.T, r takeup.Relay, at time.Time) (*metrics.Sample, error) {
	t.Helper()
	ctx, s := metrics.With(t.Context())
	_, err := acts.Sweep().Handle(ctx, &op.Call{At: at}, r, op.None{})
	return s, err
}

func want(t *testing.T, when string, s *metrics.Sample, waiting, parked, unprojected, unchained float64) {
	t.Helper()
	for n, v := range map[metrics.Name]float64{metrics.WaitingActs: waiting, metrics.ParkedActs: parked, metrics.OldestWaitingAct: unprojected, metrics.OldestUnchainedAct: unchained} {
		if s.Value(n) != v {
			t.Errorf("%s: %s is %v, want %v", when, n, s.Value(n), v)
		}
	}
}

// The sweep tells what it found before it took it up, over all tenants: the oldest act that the chain lacks, the oldest that
// the projections lack, and what was set aside, which makes nothing else old.
func TestSweepTellsWhatWaitsAndHowLong(t *testing.T) {
	db := storetest.Open(t)
	p := &projector{db: db}
	r := relay.New(db, nil, p)
	commit(t, db, 0, "ten_1", "")
	commit(t, db, time.Minute, "ten_2", "lines")
	p.refuses = commit(t, db, 2*time.Minute, "ten_2", "lines")
	s, err := sweep(t, r, begin.Add(10*time.Minute))
	if parked := (*relay.ParkedError)(nil); !errors.As(err, &parked) {
		t.Fatalf("error %v", err)
	}
	want(t, "first", s, 3, 0, 540, 600)
	commit(t, db, 11*time.Minute, "ten_1", "lines")
	s, err = sweep(t, r, begin.Add(15*time.Minute))
	if err == nil {
		t.Error("nothing is told of the parked act")
	}
	want(t, "second", s, 2, 1, 240, 240)
	p.refuses = ""
	if s, err = sweep(t, r, begin.Add(20*time.Minute)); err != nil {
		t.Fatal(err)
	}
	want(t, "third", s, 1, 1, 0, 0)
	if s, err = sweep(t, r, begin.Add(25*time.Minute)); err != nil {
		t.Fatal(err)
	}
	want(t, "last", s, 0, 0, 0, 0)
}
