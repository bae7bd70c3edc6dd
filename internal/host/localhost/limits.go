package localhost

import (
	"math"
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

// callersMax is how many callers a generation of buckets holds. There are two, so that no more than twice as many buckets are kept,
// of some 150 bytes each: 3 MB.
const callersMax = 10_000

// limiter holds a token bucket for each caller, in two generations: a caller who asks is moved into the younger one, and the older
// is forgotten as a whole when the younger has lived for as long as an empty bucket takes to fill, or holds as many as it may. So
// nothing is ever searched for what can go. Whoever is forgotten has a full bucket again and loses nothing; where more than
// callersMax others have asked within that time, it may be given one too soon.
type limiter struct {
	mu    sync.Mutex
	rate  Rate
	now   clock.Clock
	max   int           // callers in a generation
	fills time.Duration // how long an empty bucket takes to fill

	young, old map[string]*bucket
	born       time.Time // when the younger generation began
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(rate Rate, now clock.Clock) *limiter {
	l := &limiter{rate: rate, now: now, max: callersMax, young: map[string]*bucket{}}
	if rate.PerSecond > 0 {
		l.fills = time.Duration(math.Ceil(float64(rate.Burst) / rate.PerSecond * float64(time.Second)))
	}
	return l
}

// take gives how long to wait before a request of the caller is taken; nought lets it pass.
func (l *limiter) take(caller string) time.Duration {
	if l.rate.PerSecond <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.bucket(caller, now)
	b.tokens = min(float64(l.rate.Burst), b.tokens+now.Sub(b.at).Seconds()*l.rate.PerSecond)
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	return time.Duration((1 - b.tokens) / l.rate.PerSecond * float64(time.Second))
}

// bucket gives a caller's bucket, a full one to whoever is not known.
func (l *limiter) bucket(caller string, now time.Time) *bucket {
	if now.Sub(l.born) >= l.fills {
		l.forget(now)
	}
	b := l.young[caller]
	if b != nil {
		return b
	}
	if len(l.young) >= l.max {
		l.forget(now)
	}
	if b = l.old[caller]; b == nil {
		b = &bucket{tokens: float64(l.rate.Burst), at: now}
	}
	delete(l.old, caller)
	l.young[caller] = b
	return b
}

// forget lets the older generation go, and begins a new one.
func (l *limiter) forget(now time.Time) {
	l.old, l.young, l.born = l.young, map[string]*bucket{}, now
}
