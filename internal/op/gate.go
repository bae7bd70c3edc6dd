package op

import (
	"context"
	"time"
)

// Gate tells whether the installation takes writes. An operator shuts it for maintenance, such as a restore; reading goes on.
type Gate interface {
	// Shut tells whether writes are refused. What it says may be a few seconds old, and is free of charge in between.
	Shut(ctx context.Context, at time.Time) (bool, error)
}

// maintenanceRetry is when it makes sense to try again after a refusal for maintenance.
const maintenanceRetry = 30 * time.Second

// open refuses a write while the installation is shut for maintenance. A call that was answered before gets its first answer
// all the same: on a refusal its act is looked up.
func (r *run[D, In, Out]) open(ctx context.Context) error {
	if r.rt.Gate == nil || !r.op.Spec.Gated() || r.call.DryRun {
		return nil
	}
	shut, err := r.rt.Gate.Shut(ctx, r.call.At)
	if err == nil && shut {
		err = RuleMaintenance.Err().After(maintenanceRetry)
	}
	return err
}
