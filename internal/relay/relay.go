// Package relay takes up acts after they were committed: it publishes their events, at least once, and brings their effects
// into the projections, exactly once. An act is born with a pending mark; the transaction that adds it to the projections
// takes the mark off, on condition that it is there. So nothing depends on who runs, how often, or in which order.
package relay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"backoffice/internal/clock"
	"backoffice/internal/fault"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/store"
	"backoffice/internal/takeup"
)

const (
	// actsAtOnceMax is how many acts are read for one transaction.
	actsAtOnceMax = 60
	attemptsMax   = 20
	backoffFirst  = 5 * time.Millisecond
	backoffMax    = 500 * time.Millisecond
)

// Projector takes acts of one tenant, read from its table, into its projections: as many as one transaction holds.
type Projector interface {
	Table() string
	Project(ctx context.Context, acts []store.PendingAct) (taken int, err error)
}

// Publisher delivers events; a delivery may be repeated.
type Publisher interface {
	Publish(ctx context.Context, act store.PendingAct) error
}

// Relay drains the pending acts of tables.
type Relay struct {
	db         *store.DB
	projectors map[string]Projector
	publisher  Publisher
}

// New makes a relay; a table without a projector has its events published and its marks taken off.
func New(db *store.DB, publisher Publisher, projectors ...Projector) *Relay {
	r := &Relay{db: db, projectors: map[string]Projector{}, publisher: publisher}
	for _, p := range projectors {
		r.projectors[p.Table()] = p
	}
	return r
}

// Retry lets the acts that were parked be tried again.
func (r *Relay) Retry(ctx context.Context, table, tenant string) error {
	_, err := r.db.Unpark(ctx, table, tenant)
	return err
}

// Waiting tells what waits in a table.
func (r *Relay) Waiting(ctx context.Context, table string) (takeup.Waiting, error) {
	w, err := r.db.Waiting(ctx, table)
	return takeup.Waiting(w), err
}

// Drain takes up every act of a tenant that waits in a table.
func (r *Relay) Drain(ctx context.Context, table, tenant string) error {
	for conflicts := 0; ; {
		acts, err := r.db.PendingActs(ctx, table, tenant, actsAtOnceMax)
		if err != nil || len(acts) == 0 {
			return err
		}
		err = r.step(ctx, table, acts)
		if !errors.Is(err, op.ErrConflict) {
			if err != nil {
				return err
			}
			conflicts = 0
			continue
		}
		metrics.Add(ctx, metrics.Conflicts, 1)
		if conflicts++; conflicts > attemptsMax {
			return fmt.Errorf("relay: %d conflicts in a row: %w", conflicts, err)
		}
		if err := pause(ctx, conflicts); err != nil {
			return err
		}
	}
}

// step publishes a set of acts and takes up as many of them as one transaction holds.
func (r *Relay) step(ctx context.Context, table string, acts []store.PendingAct) error {
	var plain, projected []store.PendingAct
	for _, a := range acts {
		if err := r.publish(ctx, a); err != nil {
			return err
		}
		if a.Project == "" || r.projectors[table] == nil {
			plain = append(plain, a)
		} else {
			projected = append(projected, a)
		}
	}
	if len(plain) > 0 {
		if err := r.db.Settle(ctx, plain, nil); err != nil {
			return err
		}
	}
	for len(projected) > 0 {
		n, err := r.projectors[table].Project(ctx, projected)
		if passing(ctx, err) {
			return err
		}
		if err != nil {
			return r.alone(ctx, table, projected)
		}
		projected = projected[n:]
	}
	return nil
}

// alone takes acts up one at a time after one of them stood in the others' way, and parks each that cannot be taken up.
func (r *Relay) alone(ctx context.Context, table string, acts []store.PendingAct) error {
	var parked error
	for _, a := range acts {
		_, err := r.projectors[table].Project(ctx, []store.PendingAct{a})
		if passing(ctx, err) {
			return err
		}
		if err != nil {
			parked = errors.Join(parked, &ParkedError{Act: a.ID, Cause: err}, r.db.Park(ctx, a))
		}
	}
	return parked
}

// passing tells an error that asks to try again from one that would only come again.
func passing(ctx context.Context, err error) bool {
	return err != nil && (errors.Is(err, op.ErrConflict) || fault.OfKind(err, fault.Unavailable) || ctx.Err() != nil)
}

// ParkedError says that an act could not be taken up and was set aside. It is an alarm: someone has to look.
type ParkedError struct {
	Act   string
	Cause error
}

// Error names the act and what stood in the way.
func (e *ParkedError) Error() string { return "act " + e.Act + " is parked: " + e.Cause.Error() }

// Unwrap gives what stood in the way.
func (e *ParkedError) Unwrap() error { return e.Cause }

func (r *Relay) publish(ctx context.Context, a store.PendingAct) error {
	if r.publisher == nil || len(a.Events) == 0 || len(a.Done) > 0 {
		return nil
	}
	return r.publisher.Publish(ctx, a)
}

func pause(ctx context.Context, attempt int) error {
	return clock.Wait(ctx, min(backoffFirst<<min(attempt, 10), backoffMax))
}
