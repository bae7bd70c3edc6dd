package jobs

import (
	"context"
	"errors"
	"time"
)

// idleMax is how long a job may stand still before it is announced anew. It is longer than one step with all its retries may
// take, since a function works 15 minutes at most; a job that somebody does go on with would only have its steps called twice.
const idleMax = 30 * time.Minute

// Announcer announces a job that waits, outside any act.
type Announcer interface {
	Announce(ctx context.Context, j Job, at time.Time) error
}

// Restart announces every job that has stood still for long. Whoever should have called its steps is gone: the event that
// announced it was lost, or an execution was stopped by hand.
func Restart(ctx context.Context, active Active, say Announcer, at time.Time) error {
	all, err := active.Active(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, j := range all {
		if at.Sub(j.UpdatedAt) >= idleMax {
			failed = errors.Join(failed, say.Announce(ctx, j, at))
		}
	}
	return failed
}
