package jobs_test

import (
	"testing"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/jobs"
)

// A fence is beyond every step that anyone may have been told of, be it the first or the hundredth; a job that has ended needs
// none.
func TestFenceIsBeyondEveryStep(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	j := jobs.Job{State: jobs.Running, Step: 41, Version: 3}
	for range 3 {
		fenced, err := j.Fence(at)
		if err != nil || fenced.Step <= j.Step+900_000 || fenced.Version != j.Version+1 || !fenced.UpdatedAt.Equal(at) {
			t.Fatalf("%+v, %v", fenced, err)
		}
		j = fenced
		j.Step += 77
	}
	j.State = jobs.Done
	if _, err := j.Fence(at); !fault.Is(err, jobs.RuleState.Code) {
		t.Errorf("a job that has ended is fenced: %v", err)
	}
}
