package faults

import (
	"context"
	"net/http"
	"sync"
)

// Late is a transport that keeps calls back: their callers see a broken connection, and the store gets them when they are
// released, long after. Networks do this: a call may be done when nobody waits for it any more.
type Late struct {
	Next http.RoundTripper
	// Take says which calls are kept back, by lane and operation.
	Take func(lane, operation string) bool

	mu   sync.Mutex
	held []func() error
}

// RoundTrip passes a call on, or keeps it back.
func (l *Late) RoundTrip(req *http.Request) (*http.Response, error) {
	if !l.Take(laneOf(req.Context()), operationOf(req)) {
		return l.Next.RoundTrip(req)
	}
	body, err := readAll(req)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = append(l.held, func() error { //nolint:contextcheck // nobody waits for it any more: that is the point
		return discard(pass(l.Next, req.WithContext(context.WithoutCancel(req.Context())), body))
	})
	return nil, ErrBroken
}

// Release sends what was kept back, in the order in which it came, and tells how many calls that were.
func (l *Late) Release() (int, error) {
	l.mu.Lock()
	held := l.held
	l.held = nil
	l.mu.Unlock()
	for _, send := range held {
		if err := send(); err != nil {
			return len(held), err
		}
	}
	return len(held), nil
}
