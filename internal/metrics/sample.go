package metrics

import (
	"context"
	"math"
	"net/http"
	"sync"
	"time"

	"backoffice/internal/op"
)

// Sample gathers the figures of one invocation.
type Sample struct {
	mu      sync.Mutex
	values  map[Name]float64
	events  map[string]int // by type
	request string         // id of the call that status and code are of
	status  int
	code    string
	outer   *Sample // of the call inside which this one is made
}

type sampleKey struct{}

// With has the figures of what is done with the context gathered in a new sample. Inside another sample they count for both.
func With(ctx context.Context) (context.Context, *Sample) {
	outer, _ := ctx.Value(sampleKey{}).(*Sample)
	s := &Sample{values: map[Name]float64{}, events: map[string]int{}, outer: outer}
	return context.WithValue(ctx, sampleKey{}, s), s
}

// Add adds to a counter of the invocation that the context belongs to; without one it does nothing.
func Add(ctx context.Context, n Name, v float64) {
	if s, ok := ctx.Value(sampleKey{}).(*Sample); ok {
		s.Add(n, v)
	}
}

// Set sets a gauge of the invocation that the context belongs to; without one it does nothing.
func Set(ctx context.Context, n Name, v float64) {
	if s, ok := ctx.Value(sampleKey{}).(*Sample); ok {
		s.Set(n, v)
	}
}

// Answered notes in the invocation that the context belongs to how a call ended.
func Answered(ctx context.Context, request string, resp *op.Response) {
	if s, ok := ctx.Value(sampleKey{}).(*Sample); ok {
		s.answered(request, resp)
	}
}

// Add adds to a counter.
func (s *Sample) Add(n Name, v float64) {
	s.mu.Lock()
	if v != 0 {
		s.values[n] += v
	}
	s.mu.Unlock()
	if s.outer != nil {
		s.outer.Add(n, v)
	}
}

// Set sets a gauge.
func (s *Sample) Set(n Name, v float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[n] = v
}

// answered notes how a call ended. A stream's invocation makes several calls; the last refusal is the one that is told of.
func (s *Sample) answered(request string, resp *op.Response) {
	s.Add(Calls, 1)
	switch {
	case resp.Status >= http.StatusInternalServerError:
		s.Add(ServerErrors, 1)
	case resp.Status >= http.StatusBadRequest:
		s.Add(ClientErrors, 1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if resp.Problem != nil || s.code == "" {
		s.request, s.status = request, resp.Status
	}
	if resp.Problem != nil {
		s.code = resp.Problem.Code
	}
}

// Took notes how long the invocation took, and how much that was of what it may take.
func (s *Sample) Took(took, limit time.Duration) {
	const whole = 100
	s.Set(Latency, float64(took.Milliseconds()))
	if limit > 0 {
		s.Set(TimeUsed, math.Round(10*whole*took.Seconds()/limit.Seconds())/10)
	}
}

// Stored notes what the invocation cost the store.
func (s *Sample) Stored(calls, retries int, readUnits, writeUnits float64) {
	s.Add(StoreCalls, float64(calls))
	s.Add(StoreRetries, float64(retries))
	s.Add(ReadUnits, readUnits)
	s.Add(WriteUnits, writeUnits)
}

// committed notes an act and its events.
func (s *Sample) committed(a *op.Act) {
	s.Add(Acts, 1)
	s.Add(Events, float64(len(a.Events)))
	for ; s != nil; s = s.outer {
		s.mu.Lock()
		for _, e := range a.Events {
			s.events[e.Type]++
		}
		s.mu.Unlock()
	}
}

// Value gives a figure; nought when there is none.
func (s *Sample) Value(n Name) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[n]
}

// EventCount tells how many events of a type were committed.
func (s *Sample) EventCount(eventType string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events[eventType]
}
