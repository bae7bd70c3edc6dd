package op

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"backoffice/internal/fault"
)

// Refusals are recorded in the security log, at most once a minute for each principal and operation, with how many there
// were since the last record: a caller that tries again and again fills no disk.
const (
	refusalEvery   = time.Minute
	refusalKeysMax = 10_000
)

// refusals counts what has not been recorded yet. Its zero value is ready.
type refusals struct {
	mu   sync.Mutex
	seen map[string]refusal
}

type refusal struct {
	recorded time.Time
	since    int
}

// note counts a refusal and tells whether it is to be recorded now, and for how many it stands.
func (r *refusals) note(key string, at time.Time) (count int, due bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, known := r.seen[key]
	if known && at.Sub(one.recorded) < refusalEvery {
		one.since++
		r.seen[key] = one
		return 0, false
	}
	if r.seen == nil || len(r.seen) >= refusalKeysMax {
		r.seen = map[string]refusal{}
	}
	r.seen[key] = refusal{recorded: at}
	return one.since + 1, true
}

// refuse records a refusal for lack of right: who asked for what, and which rule said no; never what was sent.
func (rt *Runtime) refuse(ctx context.Context, c *Call, e *fault.Error) {
	if e.Kind != fault.Forbidden && e.Code != RuleStepUp.Code {
		return
	}
	if count, due := rt.refusals.note(c.Tenant+"/"+c.Principal+"/"+c.Spec.ID, c.At); due {
		rt.Log.LogAttrs(ctx, slog.LevelWarn, "right refused", slog.String("tenant", c.Tenant), slog.String("principal", c.Principal),
			slog.String("session", c.Session), slog.String("operation", c.Spec.ID), slog.String("code", e.Code), slog.Int("count", count))
	}
}
