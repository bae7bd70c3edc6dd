package faults

import (
	"net/http"
	"sync"
	"time"

	"backoffice/internal/clock"
)

// Slow is a transport that takes its time, before the store does a call and after it: usually little, now and then very much.
// How much follows from the seed, the lane and the count of its calls.
type Slow struct {
	Next        http.RoundTripper
	Seed        uint64
	Usual, Rare time.Duration // most that a call waits on each side, usually and once in rareEvery calls

	mu    sync.Mutex
	calls map[string]uint64
}

const rareEvery = 8

// RoundTrip waits, passes the call on, and waits again. A caller that gives up meanwhile learns nothing of what was done.
func (s *Slow) RoundTrip(req *http.Request) (*http.Response, error) {
	name := laneOf(req.Context())
	if name == "" {
		return s.Next.RoundTrip(req)
	}
	s.mu.Lock()
	if s.calls == nil {
		s.calls = map[string]uint64{}
	}
	s.calls[name]++
	d := newDice(s.Seed, "slow "+name, s.calls[name])
	s.mu.Unlock()
	before, after := s.draw(d), s.draw(d)
	if err := clock.Wait(req.Context(), before); err != nil {
		return nil, err
	}
	resp, err := s.Next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	return resp, clock.Wait(req.Context(), after)
}

func (s *Slow) draw(d *dice) time.Duration {
	most := s.Usual
	if d.below(rareEvery) == 0 {
		most = s.Rare
	}
	return time.Duration(d.float() * float64(most))
}
