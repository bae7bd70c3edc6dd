package localhost

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// model is what the limiter stands for: a bucket for every caller there ever was.
type model struct {
	rate    Rate
	buckets map[string]*bucket
}

func (m model) take(caller string, now time.Time) time.Duration {
	b := m.buckets[caller]
	if b == nil {
		b = &bucket{tokens: float64(m.rate.Burst), at: now}
		m.buckets[caller] = b
	}
	b.tokens = min(float64(m.rate.Burst), b.tokens+now.Sub(b.at).Seconds()*m.rate.PerSecond)
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	return time.Duration((1 - b.tokens) / m.rate.PerSecond * float64(time.Second))
}

// Rates and bursts are powers of two, and time goes by fractions of a second that are: model and limiter reckon without rounding.
// As long as no more callers ask within the time that a bucket takes to fill than a generation holds, each is answered as if no
// bucket were ever forgotten. However many ask, no more than two generations are kept.
func TestTheLimiterForgetsNobodyWhoWouldWait(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := Rate{PerSecond: float64(int(1) << rapid.IntRange(0, 4).Draw(t, "rate")), Burst: 1 << rapid.IntRange(0, 4).Draw(t, "burst")}
		few := rapid.IntRange(2, 8).Draw(t, "generation")
		callers := rapid.IntRange(1, 3*few).Draw(t, "callers")
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		l, m := newLimiter(rate, func() time.Time { return now }), model{rate, map[string]*bucket{}}
		l.max = few
		quarter := l.fills / 4 // of the time that a bucket takes to fill
		for range rapid.IntRange(1, 200).Draw(t, "calls") {
			now = now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3, 5}).Draw(t, "quarters")) * quarter)
			who := fmt.Sprint("caller ", rapid.IntRange(1, callers).Draw(t, "who"))
			got, want := l.take(who), m.take(who, now)
			if callers <= few && got != want {
				t.Fatalf("%s waits %v, and would have waited %v", who, got, want)
			}
			if kept := len(l.young) + len(l.old); kept > 2*few {
				t.Fatalf("%d buckets are kept, of %d", kept, 2*few)
			}
		}
	})
}

// A caller who is forgotten by time alone has a full bucket again; one who is not, is not.
func TestTheLimiterForgetsWhatHasFilledUp(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 2, Burst: 4}, func() time.Time { return now })
	for n := range callersMax / 2 {
		l.take(fmt.Sprint("caller ", n))
	}
	for range 2 {
		now = now.Add(2 * time.Second)
		l.take("somebody else")
	}
	if kept := len(l.young) + len(l.old); kept != 1 {
		t.Errorf("%d buckets are kept", kept)
	}
}
