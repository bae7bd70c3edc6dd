package localhost

import (
	"sync"
	"time"

	"backoffice/internal/clock"
)

// Rate is how many requests a caller may make.
type Rate struct {
	PerSecond float64
	Burst     int
}

// RateDefault is generous for people and programs, and stops a loop that runs away.
var RateDefault = Rate{PerSecond: 200, Burst: 400}

const callersMax = 10_000

// limiter holds a token bucket for each caller.
type limiter struct {
	mu      sync.Mutex
	rate    Rate
	now     clock.Clock
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(rate Rate, now clock.Clock) *limiter {
	return &limiter{rate: rate, now: now, buckets: map[string]*bucket{}}
}

// take gives how long to wait before a request of the caller is taken; nought lets it pass.
func (l *limiter) take(caller string) time.Duration {
	if l.rate.PerSecond <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.buckets[caller]
	if b == nil {
		if len(l.buckets) >= callersMax {
			l.forgetFull(now)
		}
		b = &bucket{tokens: float64(l.rate.Burst), at: now}
		l.buckets[caller] = b
	}
	b.tokens = min(float64(l.rate.Burst), b.tokens+now.Sub(b.at).Seconds()*l.rate.PerSecond)
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	return time.Duration((1 - b.tokens) / l.rate.PerSecond * float64(time.Second))
}

// forgetFull drops the callers whose buckets have filled up again: they lose nothing.
func (l *limiter) forgetFull(now time.Time) {
	for caller, b := range l.buckets {
		if b.tokens+now.Sub(b.at).Seconds()*l.rate.PerSecond >= float64(l.rate.Burst) {
			delete(l.buckets, caller)
		}
	}
}
