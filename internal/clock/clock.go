// Package clock is the only place where the system reads the time. Instants are UTC, truncated to milliseconds, so that what
// is stored is what was decided on.
package clock

import (
	"context"
	"time"
)

// Clock gives the present instant.
type Clock func() time.Time

// System is the machine's clock.
func System() time.Time { return Truncate(time.Now()) }

// Fixed is a clock that stands still, for tests and replays.
func Fixed(at time.Time) Clock { return func() time.Time { return Truncate(at) } }

// Truncate brings an instant to the form that is stored: UTC, milliseconds.
func Truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// Format renders an instant as it stands in answers and rows: RFC 3339, UTC, milliseconds.
func Format(t time.Time) string { return Truncate(t).Format("2006-01-02T15:04:05.000Z") }

// Parse reads what Format wrote.
func Parse(s string) (time.Time, error) { return time.Parse("2006-01-02T15:04:05.000Z", s) }

// Wait waits, or gives the context's error when that ends first.
func Wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
