package finance_test

import (
	"fmt"
	"testing"
	"time"

	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/platform"
)

// A rebuild that is given up is counted, and goes on being told of by the sweep for as long as it keeps acts out of the books;
// the next rebuild that comes to its end ends that.
func TestARebuildThatIsGivenUpIsToldOf(t *testing.T) {
	r := newRebuilding(t, 11)
	r.post(20)
	r.Project()
	told := func(when string, from, to time.Duration) {
		t.Helper()
		ctx, sample := metrics.With(t.Context())
		resp := finance.Acts.Sweep().Serve(ctx, r.Runtime, r.Ports, &op.Request{Identity: &op.Identity{Principal: op.SystemPrincipal}})
		if resp.Problem != nil {
			t.Fatal(resp.Problem)
		}
		if v := sample.Value(metrics.OldestHold); v < from.Seconds() || v > to.Seconds() {
			t.Errorf("%s: a hold of %v seconds is told of", when, v)
		}
	}
	told("before any rebuild", 0, 0)
	r.begin()
	step := 0
	for held := ""; held == ""; step++ {
		r.Do(optest.Call{Op: &finance.RebuildStep, Key: fmt.Sprintf("%s#%d", r.job.ID, step), As: "system", Body: jobs.StepIn{Job: r.job.ID, Step: step}}).Must(nil)
		var err error
		if held, err = r.DB.Held(t.Context(), finance.Table, r.Tenant); err != nil {
			t.Fatal(err)
		}
	}
	ctx, sample := metrics.With(t.Context())
	ledger := r.Ports
	r.Ports = platform.Ports{Jobs: ledger.(finance.Ports).Jobs}
	r.Do(optest.Call{Op: &platform.FailJob, Key: r.job.ID + "!", As: "system", Context: ctx, Body: jobs.FailIn{Job: r.job.ID, Step: &step, Code: jobs.RuleSpent.Code, Detail: jobs.RuleSpent.Text}}).Must(nil)
	r.Ports = ledger
	if v := sample.Value(metrics.JobsGivenUp); v != 1 {
		t.Errorf("%v jobs were given up", v)
	}
	r.Later(2 * time.Hour)
	r.post(1)
	told("after it was given up", 2*time.Hour, 3*time.Hour)
	r.begin()
	r.run(func(int) {})
	r.Project()
	r.agrees()
	told("after the next rebuild", 0, 0)
}
