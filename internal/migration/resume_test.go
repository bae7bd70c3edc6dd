package migration_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"backoffice/internal/ddb"
	"backoffice/internal/jobs"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationtest"
	"backoffice/internal/op"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/store/storetest"
)

var errLost = errors.New("test: the answer was lost")

// unsteady makes an invoker that now and then does a step and loses its answer, does not call it at all, or stops the runner:
// as a crash at any point does.
func unsteady(d *migrationtest.Desk, seed uint64, stop context.CancelFunc) jobs.Invoke {
	d.T.Logf("seed %d", seed)
	draw := rand.New(rand.NewPCG(seed, seed))
	return func(ctx context.Context, operation, tenant, key string, input []byte) ([]byte, error) {
		switch chance := draw.IntN(100); {
		case chance < 3:
			return nil, errLost
		case chance < 6:
			_, err := d.Invoke(ctx, operation, tenant, key, input)
			return nil, errors.Join(errLost, err)
		case chance < 9:
			stop()
		}
		return d.Invoke(ctx, operation, tenant, key, input)
	}
}

// resume does a job with a runner that crashes, and another after it, until the job has ended.
func resume(d *migrationtest.Desk, id string, seed uint64) (runners int) {
	d.T.Helper()
	all := platformdb.NewJobs(d.DB)
	for ; ; runners++ {
		active, err := all.Active(d.T.Context())
		if err != nil {
			d.T.Fatal(err)
		}
		if len(active) == 0 {
			return runners
		}
		if len(active) != 1 || active[0].ID != id {
			d.T.Fatalf("active jobs: %+v", active)
		}
		ctx, stop := context.WithCancel(d.T.Context())
		err = d.Runner(unsteady(d, seed+uint64(runners), stop)).Do(ctx, active[0])
		stop()
		if err != nil && !errors.Is(err, context.Canceled) {
			d.T.Fatal(err)
		}
	}
}

func suppliers(n int) string {
	var lines []string
	for k := range n {
		lines = append(lines, fmt.Sprintf("%d,Supplier %d,,A%d,1.00,30/04/2026,Agency staff,,", k, k%40, k))
	}
	return rows(lines...)
}

// However often the runner crashes, every row enters the books once, and every journal is reversed once.
func TestCrashesResumeToTheSameTotals(t *testing.T) {
	const n = 400
	d := migrationtest.New(t, "2026-04")
	i := d.Run(&migration.ValidateImport, small(d, suppliers(n)).ID, nil)
	runners := resume(d, d.Start(&migration.CommitImport, i.ID, nil), 7)
	i = d.Import(i.ID)
	d.Project()
	if got := migrationtest.Balance(d.TrialBalance("2027-03-31"), "2100"); got != "-400.00" || i.Counts.Posted != n || i.State != migration.Committed || i.Counts.NewParties != 40 {
		t.Errorf("creditors' control %s, %s %+v", got, i.State, i.Counts)
	}
	runners += resume(d, d.Start(&migration.RollBackImport, i.ID, map[string]string{"mode": "correct", "reason": "Wrong"}), 77)
	isNought(t, d)
	if runners < 2 {
		t.Errorf("%d crashes prove nothing", runners)
	}
}

// A store that throttles, meets conflicts, fails, and loses answers after commits changes nothing of the outcome.
func TestAFailingStoreChangesNothing(t *testing.T) {
	const seed = 11
	t.Logf("seed %d", seed)
	faults := &ddb.Faults{Seed: seed, Throttle: 0.02, Conflict: 0.05, ServerError: 0.02, AnswerLost: 0.08}
	faults.Pause()
	engine, err := ddb.Open(ddb.Options{NoSync: true, Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	d := migrationtest.Over(t, storetest.On(t, engine.RoundTripper()), "2026-04")
	i := small(d, suppliers(400))
	validate := d.Start(&migration.ValidateImport, i.ID, nil)
	finish := func(job string) {
		t.Helper()
		j, err := platformdb.NewJobs(d.DB).Job(t.Context(), d.Tenant, job)
		if err != nil {
			t.Fatal(err)
		}
		faults.Resume()
		err = d.Runner(nil).Do(t.Context(), j)
		faults.Pause()
		if v := d.Job(job); err != nil || v.State != jobs.Done {
			t.Fatalf("%v: %+v", err, v)
		}
	}
	finish(validate)
	finish(d.Start(&migration.CommitImport, i.ID, nil))
	i = d.Import(i.ID)
	d.Project()
	if got := migrationtest.Balance(d.TrialBalance("2027-03-31"), "2100"); got != "-400.00" || i.Counts.Posted != 400 || !i.Sums.Posted.Equal(i.Sums.Accepted) {
		t.Errorf("creditors' control %s, %+v", got, i.Counts)
	}
	if len(faults.Log()) < 5 {
		t.Errorf("only %v was injected", faults.Log())
	}
}

// Two runners at one job do each step once.
func TestTwoRunnersDoEachStepOnce(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := d.Run(&migration.ValidateImport, small(d, suppliers(200)).ID, nil)
	id := d.Start(&migration.CommitImport, i.ID, nil)
	j, err := platformdb.NewJobs(d.DB).Job(t.Context(), d.Tenant, id)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	for range 2 {
		go func() { ended <- d.Runner(nil).Do(t.Context(), j) }()
	}
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	// One of the two may have left a step to the other: what is left is done.
	if v := d.Job(id); v.State != jobs.Done {
		d.Finish(id)
	}
	i = d.Import(i.ID)
	d.Project()
	if got := migrationtest.Balance(d.TrialBalance("2027-03-31"), "2100"); got != "-200.00" || i.Counts.Posted != 200 {
		t.Errorf("creditors' control %s, %+v", got, i.Counts)
	}
}

// A step is done once: called again under its key it gives the answer anew, under another key it is refused.
func TestAStepIsDoneOnce(t *testing.T) {
	d := migrationtest.New(t, "2026-04")
	i := d.Run(&migration.ValidateImport, small(d, suppliers(100)).ID, nil)
	id := d.Start(&migration.CommitImport, i.ID, nil)
	call := func(key string, step int) ([]byte, error) {
		return d.Invoke(t.Context(), "migration.post-journals", d.Tenant, key, fmt.Appendf(nil, `{"job":%q,"step":%d}`, id, step))
	}
	first, err := call(id+"#0", 0)
	if err != nil {
		t.Fatal(err)
	}
	posted := d.Import(i.ID).Counts.Posted
	again, err := call(id+"#0", 0)
	if err != nil || string(again) != string(first) {
		t.Errorf("again: %v %s, first %s", err, again, first)
	}
	for key, step := range map[string]int{"other": 0, "ahead": 2} {
		if _, err := call(key, step); !refusedBy(err, jobs.RuleStep.Code) {
			t.Errorf("step %d under another key: %v", step, err)
		}
	}
	if got := d.Import(i.ID).Counts.Posted; got != posted || posted == 0 {
		t.Errorf("posted %d, then %d", posted, got)
	}
	if _, err := d.Invoke(t.Context(), "migration.reverse-journals", d.Tenant, "k", fmt.Appendf(nil, `{"job":%q,"step":1}`, id)); !refusedBy(err, jobs.RuleStep.Code) {
		t.Errorf("another task: %v", err)
	}
	if _, err := d.Invoke(t.Context(), "migration.post-journals", d.Env.IDs.New("ten"), "k", fmt.Appendf(nil, `{"job":%q,"step":1}`, id)); !refusedBy(err, op.RuleNotFound.Code) {
		t.Errorf("another tenant: %v", err)
	}
}

// Of two imports of the same rows that are committed at the same time, each row enters the books through one.
func TestTwoImportsOfTheSameRowsAtOnce(t *testing.T) {
	const n = 120
	d := migrationtest.New(t, "2026-04")
	d.Run(&migration.CommitImport, d.Run(&migration.ValidateImport, small(d, suppliers(40)).ID, nil).ID, nil) // makes the parties
	jobIDs := make([]string, 2)
	imports := make([]string, 2)
	for k := range jobIDs {
		imports[k] = d.Run(&migration.ValidateImport, small(d, suppliers(n)).ID, nil).ID
		jobIDs[k] = d.Start(&migration.CommitImport, imports[k], nil)
	}
	ended := make(chan error)
	for _, id := range jobIDs {
		j, err := platformdb.NewJobs(d.DB).Job(t.Context(), d.Tenant, id)
		if err != nil {
			t.Fatal(err)
		}
		go func() { ended <- d.Runner(nil).Do(t.Context(), j) }()
	}
	for range jobIDs {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	a, b := d.Import(imports[0]), d.Import(imports[1])
	d.Project()
	if got := migrationtest.Balance(d.TrialBalance("2027-03-31"), "2100"); got != "-120.00" || a.Counts.PostedRows+b.Counts.PostedRows != n-40 {
		t.Errorf("creditors' control %s, posted %d and %d", got, a.Counts.PostedRows, b.Counts.PostedRows)
	}
}
