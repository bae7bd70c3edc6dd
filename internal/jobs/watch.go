package jobs

import (
	"context"
	"time"

	"backoffice/internal/metrics"
)

// GivenUp tells that a job was given up. It is not added up: a conflict has the same job's failure decided again.
func GivenUp(ctx context.Context) { metrics.Set(ctx, metrics.JobsGivenUp, 1) }

// Watch tells how many jobs have not ended, and how long the one has stood still that has done so longest. A job's steps take
// seconds: one that has not moved for longer has lost whoever called them.
func Watch(ctx context.Context, active Active, at time.Time) error {
	all, err := active.Active(ctx)
	if err != nil {
		return err
	}
	var idle time.Duration
	for _, j := range all {
		idle = max(idle, at.Sub(j.UpdatedAt))
	}
	metrics.Set(ctx, metrics.ActiveJobs, float64(len(all)))
	metrics.Set(ctx, metrics.OldestIdleJob, idle.Seconds())
	return nil
}
