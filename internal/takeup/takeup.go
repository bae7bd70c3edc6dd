// Package takeup makes the two operations by which a domain's acts are taken up after they were committed: a task for one
// tenant, called by the table's stream in the cloud and by the host's worker on-premise, and a job that sweeps up what either
// missed.
package takeup

import (
	"context"
	"errors"
	"time"

	"backoffice/internal/metrics"
	"backoffice/internal/op"
)

// Relay takes up the acts that wait in a domain's table.
type Relay interface {
	// Drain takes up every act of a tenant that waits.
	Drain(ctx context.Context, table, tenant string) error
	// Retry lets the acts that were set aside be tried again.
	Retry(ctx context.Context, table, tenant string) error
	// Waiting tells what waits, over all tenants.
	Waiting(ctx context.Context, table string) (Waiting, error)
}

// Waiting is what waits in a domain's table.
type Waiting struct {
	Tenants []string // that something waits for
	Acts    int
	Parked  int // acts among them that were set aside
	// Unchained and Unprojected are when the oldest act was committed that the audit chain, or the projections, lack; zero for
	// none. Parked acts are left out.
	Unchained   time.Time
	Unprojected time.Time
	Held        time.Time // when the oldest rebuild began that keeps acts out of projections, under way or given up; zero for none
}

// Acts describes a domain whose acts are taken up; D are its ports.
type Acts[D any] struct {
	Domain string
	Relay  func(D) Relay
	Chain  func(D) Chain
}

// sweepEvery is how often the sweep looks for what the stream or worker missed.
const sweepEvery = 5 * time.Minute

const needs = op.Get | op.List | op.Put | op.Update | op.Check

// noRecord is why taking up leaves no act of its own.
const noRecord = "It settles acts that are recorded already."

// goesOn is why maintenance does not stop it.
const goesOn = "What was recorded before comes into the books, so that nothing waits when they are checked."

// TakeUp is the task that takes up one tenant's waiting acts.
func (a *Acts[D]) TakeUp() *op.Op[D, op.None, op.None] {
	return &op.Op[D, op.None, op.None]{
		Spec: op.Spec{ID: a.Domain + ".take-up-acts", Kind: op.Task, Permission: "acts.take-up", NoRecord: noRecord, InMaintenance: goesOn,
			Summary: "Take up waiting acts",
			Description: "Publishes the events of a tenant's waiting acts, brings their effects into the projections and adds them to the audit chain. " +
				"Every act is taken up exactly once, whoever calls and however often.",
			Access: []op.Access{{Table: a.Domain, Do: needs, Indexes: "pending"}}},
		Handle: func(ctx context.Context, c *op.Call, d D, _ op.None) (op.None, error) {
			return op.None{}, a.Relay(d).Drain(ctx, a.Domain, c.Tenant)
		},
	}
}

// Sweep is the job that finds the acts of every tenant that wait.
func (a *Acts[D]) Sweep() *op.Op[D, op.None, op.None] {
	return &op.Op[D, op.None, op.None]{
		Spec: op.Spec{ID: a.Domain + ".sweep-acts", Kind: op.Job, Every: sweepEvery, Permission: "acts.take-up", NoRecord: noRecord, InMaintenance: goesOn,
			Summary:     "Sweep up waiting acts",
			Description: "Reads the sparse index of waiting acts and takes them up, whatever became of the stream that should have announced them. Its cost grows with what waits, not with the table.",
			Access:      []op.Access{{Table: a.Domain, Do: needs | op.Sweep, Indexes: "pending", AllTenants: "It looks for the waiting acts of every tenant."}}},
		Handle: func(ctx context.Context, c *op.Call, d D, _ op.None) (op.None, error) {
			return op.None{}, a.sweep(ctx, a.Relay(d), c.At)
		},
	}
}

// sweep takes up what waits, and first tells how much and how long: that is what somebody is woken for when neither the stream
// nor the sweep before this one could do it.
func (a *Acts[D]) sweep(ctx context.Context, r Relay, at time.Time) error {
	waiting, err := r.Waiting(ctx, a.Domain)
	if err != nil {
		return err
	}
	metrics.Set(ctx, metrics.WaitingActs, float64(waiting.Acts))
	metrics.Set(ctx, metrics.ParkedActs, float64(waiting.Parked))
	metrics.Set(ctx, metrics.OldestUnchainedAct, age(waiting.Unchained, at))
	metrics.Set(ctx, metrics.OldestWaitingAct, age(waiting.Unprojected, at))
	metrics.Set(ctx, metrics.OldestHold, age(waiting.Held, at))
	var failed error
	for _, t := range waiting.Tenants {
		failed = errors.Join(failed, r.Retry(ctx, a.Domain, t), r.Drain(ctx, a.Domain, t))
	}
	return failed
}

// age is how many seconds ago something began; nought for what never did.
func age(since, at time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(0, at.Sub(since).Seconds())
}
