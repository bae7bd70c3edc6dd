package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/jobs"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/store"
)

// Jobs of every tenant are watched until they end, over the access that the operation declares.
func TestWatchJobsTellsOfJobsThatStandStill(t *testing.T) {
	s := platformtest.New(t)
	tenant, user, _ := s.Admin()
	spec := op.Spec{ID: "platform.test", Kind: op.Command}
	start := func(of string, state jobs.State, after time.Duration) {
		at := platformtest.Start.Add(after)
		act := &op.Act{ID: s.Env.IDs.New("act"), Tenant: of, Operation: spec.ID, Principal: user, At: at, Status: 200}
		s.Ports.Jobs.Add(act, jobs.Job{ID: s.Env.IDs.New(jobs.Prefix), Tenant: of, Kind: "platform.test", Task: "platform.test", State: state, CreatedAt: at, UpdatedAt: at, Version: 1})
		if err := store.NewActs(s.Env.DB, nil).Commit(t.Context(), &spec, act); err != nil {
			t.Fatal(err)
		}
	}
	start(tenant, jobs.Done, 0)
	start(tenant, jobs.Running, 5*time.Minute)
	start("ten_other", jobs.Queued, 3*time.Minute)
	s.Advance(10 * time.Minute)
	ctx, sample := metrics.With(t.Context())
	if resp := platform.WatchJobs.Serve(ctx, s.Runtime, s.Ports, &op.Request{Identity: &op.Identity{Principal: op.SystemPrincipal}}); resp.Problem != nil {
		t.Fatal(resp.Problem)
	}
	if sample.Value(metrics.ActiveJobs) != 2 || sample.Value(metrics.OldestIdleJob) != 420 {
		t.Errorf("%v jobs, idle %v", sample.Value(metrics.ActiveJobs), sample.Value(metrics.OldestIdleJob))
	}
}
