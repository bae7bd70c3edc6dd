package relay

import (
	"context"
	"log/slog"
	"sync"
)

// Worker has the acts of one process taken up soon after they are committed: it is kicked after each commit, and calls what
// drains a tenant's part of a table, one at a time.
type Worker struct {
	drain func(ctx context.Context, table, tenant string) error
	log   *slog.Logger

	mu    sync.Mutex
	dirty map[place]bool
	wake  chan struct{}
}

// place is a tenant's part of a table.
type place struct{ table, tenant string }

// NewWorker makes a worker; Run sets it going.
func NewWorker(drain func(ctx context.Context, table, tenant string) error, log *slog.Logger) *Worker {
	return &Worker{drain: drain, log: log, dirty: map[place]bool{}, wake: make(chan struct{}, 1)}
}

// Kick tells the worker that an act waits in a tenant's part of a table. It never blocks.
func (w *Worker) Kick(table, tenant, _ string) {
	w.mu.Lock()
	w.dirty[place{table, tenant}] = true
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run drains what it is told of until the context ends. An act that cannot be taken up stays pending and is logged; the
// sweep finds it again.
func (w *Worker) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		}
		for _, p := range w.take() {
			if err := w.drain(ctx, p.table, p.tenant); err != nil && ctx.Err() == nil {
				w.log.LogAttrs(ctx, slog.LevelError, "acts left waiting", slog.String("table", p.table), slog.String("tenant", p.tenant), slog.Any("cause", err))
			}
		}
	}
}

func (w *Worker) take() []place {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]place, 0, len(w.dirty))
	for p := range w.dirty {
		out = append(out, p)
	}
	clear(w.dirty)
	return out
}
