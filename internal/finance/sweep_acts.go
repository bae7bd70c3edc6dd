package finance

import (
	"context"
	"errors"
	"time"

	"backoffice/internal/op"
)

// SweepActs finds the acts of every tenant that wait, whatever became of the stream that should have announced them.
var SweepActs = op.Op[Ports, op.None, op.None]{
	Spec: op.Spec{
		ID: "finance.sweep-acts", Kind: op.Job, Every: 5 * time.Minute, Permission: "acts.take-up",
		Summary:     "Sweep up waiting acts",
		Description: "Reads the sparse index of waiting acts and takes them up. Its cost grows with what waits, not with the table.",
		Access: []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Update | op.Sweep, Indexes: "pending",
			AllTenants: "It looks for the waiting acts of every tenant."}},
		NoRecord: "It settles acts that are recorded already.",
	},
	Handle: sweepActs,
}

func sweepActs(ctx context.Context, _ *op.Call, d Ports, _ op.None) (op.None, error) {
	tenants, err := d.Relay.Waiting(ctx, Table)
	if err != nil {
		return op.None{}, err
	}
	var failed error
	for _, t := range tenants {
		failed = errors.Join(failed, d.Relay.Drain(ctx, Table, t))
	}
	return op.None{}, failed
}
