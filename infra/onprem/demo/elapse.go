package demo

import (
	"sync/atomic"
	"time"

	"backoffice/internal/clock"
)

// lag is longer than a period stays closing before it may be closed.
const lag = 2 * time.Minute

// Clock is a clock that a demo company can be set up with: it lags behind while the set-up runs, and catches up when the
// set-up must let time pass. Afterwards it is the clock it was made of.
type Clock struct {
	behind atomic.Int64
	of     clock.Clock
}

// NewClock makes a clock that shows the time of another.
func NewClock(of clock.Clock) *Clock { return &Clock{of: of} }

// Now gives the instant.
func (c *Clock) Now() time.Time { return c.of().Add(-time.Duration(c.behind.Load())) }

// Begin makes the clock lag behind.
func (c *Clock) Begin() { c.behind.Store(int64(lag)) }

// CatchUp ends the lag.
func (c *Clock) CatchUp() { c.behind.Store(0) }
