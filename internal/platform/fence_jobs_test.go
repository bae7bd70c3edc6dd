package platform_test

import (
	"testing"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/jobs"
)

// After a fence no step that anyone knew of moves a job of any tenant, the one after the fence does, and jobs that have ended
// stay as they are.
func TestFenceShutsOutOlderExecutions(t *testing.T) {
	b := newJobBench(t)
	mine, done, other := b.start(b.tenant, jobs.Running, 7), b.start(b.tenant, jobs.Done, 7), b.start("ten_other", jobs.Queued, 7)
	b.Advance(time.Minute)
	if body, err := b.call("platform.fence-jobs", "", "", nil); err != nil || string(body) != "{\"jobs\":2}\n" {
		t.Fatalf("%v: %q", err, body)
	}
	for _, j := range []jobs.Job{mine, other} {
		for n := range 100 {
			if err := b.do(j, n); !fault.Is(err, jobs.RuleStep.Code) {
				t.Errorf("step %d of an execution from before the fence: %v", n, err)
			}
		}
		fenced := b.now(j)
		if fenced.Version != 2 {
			t.Fatalf("the job was moved: %+v", fenced)
		}
		if err := b.do(j, fenced.Step); err != nil {
			t.Errorf("the step after the fence: %v", err)
		}
	}
	if j := b.now(done); j.Version != 1 {
		t.Errorf("a job that has ended was fenced: %+v", j)
	}
}
