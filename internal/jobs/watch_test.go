package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"backoffice/internal/jobs"
	"backoffice/internal/metrics"
)

// active are the jobs that have not ended.
type active struct {
	all []jobs.Job
	err error
}

func (a active) Active(context.Context) ([]jobs.Job, error) { return a.all, a.err }

func TestWatchTellsOfTheJobThatHasStoodStillLongest(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		idle []time.Duration
		want float64
	}{
		"none":    {nil, 0},
		"several": {[]time.Duration{time.Minute, 20 * time.Minute, 3 * time.Second}, 1200},
		"newer":   {[]time.Duration{-time.Second}, 0}, // changed since the job began to look
	} {
		t.Run(name, func(t *testing.T) {
			var a active
			for _, d := range c.idle {
				a.all = append(a.all, jobs.Job{State: jobs.Running, UpdatedAt: at.Add(-d)})
			}
			ctx, s := metrics.With(t.Context())
			if err := jobs.Watch(ctx, a, at); err != nil {
				t.Fatal(err)
			}
			if s.Value(metrics.OldestIdleJob) != c.want || s.Value(metrics.ActiveJobs) != float64(len(c.idle)) {
				t.Errorf("%v jobs, idle %v, want %d and %v", s.Value(metrics.ActiveJobs), s.Value(metrics.OldestIdleJob), len(c.idle), c.want)
			}
		})
	}
	lost := errors.New("lost")
	if err := jobs.Watch(t.Context(), active{err: lost}, at); !errors.Is(err, lost) {
		t.Errorf("error %v", err)
	}
}
