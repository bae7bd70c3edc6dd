package localhost

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"backoffice/internal/catalog"
	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/relay"
	"backoffice/internal/store"
)

// takeUpOperation is the task that takes up a domain's waiting acts.
const takeUpOperation = "take-up-acts"

// TakeUp has a tenant's waiting acts in a domain's table taken up, by the same task that the table's stream calls in the cloud.
func (h *Host) TakeUp(ctx context.Context, table, tenant string) error {
	_, err := h.Invoke(ctx, table+"."+takeUpOperation, tenant, "", nil)
	return err
}

// Background is the work that a host does beside answering: it takes up acts after their commits, and calls the scheduled
// jobs, as streams and EventBridge Scheduler do in the cloud.
type Background struct {
	host   *Host
	worker *relay.Worker
	log    *slog.Logger
	stop   context.CancelFunc
	busy   sync.WaitGroup
}

// Start sets the background work going, with whatever else lives as long; the first sweep is at once, for what an earlier process left.
func (h *Host) Start(worker *relay.Worker, also ...func(context.Context)) *Background {
	ctx, cancel := context.WithCancel(context.Background())
	b := &Background{host: h, worker: worker, log: h.log, stop: cancel}
	b.busy.Go(func() { worker.Run(ctx) })
	for _, work := range also {
		b.busy.Go(func() { work(ctx) })
	}
	for _, o := range catalog.Operations() {
		if s := o.Describe(); s.Kind == op.Job && s.Every > 0 {
			b.busy.Go(func() { b.every(ctx, s) })
		}
	}
	return b
}

// Stop ends the background work and waits for it.
func (b *Background) Stop() {
	b.stop()
	b.busy.Wait()
}

// every calls a job at once and then again and again.
func (b *Background) every(ctx context.Context, s *op.Spec) {
	t := time.NewTicker(s.Every)
	defer t.Stop()
	for {
		if _, err := b.host.Invoke(ctx, s.ID, "", "", nil); err != nil && ctx.Err() == nil {
			b.log.LogAttrs(ctx, slog.LevelError, "job", slog.String("operation", s.ID), slog.Any("cause", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Bus delivers events to the subscribers of the catalogue within the process. A delivery that fails leaves the act waiting, so
// that it is made again: at least once, as EventBridge and the queues behind it.
type Bus struct {
	host *Host
	// Hear, if set, hears of every event before its subscribers get it.
	Hear func(relay.Event)
}

// Attach gives the bus the host whose operations it calls; the host itself needs the bus to open its domains.
func (b *Bus) Attach(h *Host) { b.host = h }

// Publish delivers every event of an act to every operation that subscribes to its type. The event's id is the key of the
// call, so that a second delivery is a replay.
func (b *Bus) Publish(ctx context.Context, act store.PendingAct) error {
	for _, e := range relay.Events(act) {
		if b.Hear != nil {
			b.Hear(e)
		}
		raw, err := json.Marshal(e)
		if err != nil {
			return err
		}
		for _, o := range b.host.operations {
			s := o.Describe()
			if s.Kind != op.Subscriber || !slices.Contains(s.On, e.Kind) {
				continue
			}
			if _, err := b.host.Invoke(ctx, s.ID, act.Tenant, e.ID, raw); err != nil && fault.Of(err).Kind != fault.Invalid {
				return fmt.Errorf("deliver %s to %s: %w", e.Type, s.ID, err)
			}
		}
	}
	return nil
}
