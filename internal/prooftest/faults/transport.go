package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// ErrBroken is what a caller sees of a call that was dropped, or whose answer was lost: it cannot tell which.
var ErrBroken = errors.New("faults: connection broken before the answer came")

type laneKey struct{}

// In gives a context whose calls belong to a lane.
func In(ctx context.Context, lane string) context.Context {
	return context.WithValue(ctx, laneKey{}, lane)
}

func laneOf(ctx context.Context) string {
	name, _ := ctx.Value(laneKey{}).(string)
	return name
}

// Transport passes calls on to a store and spoils some of them.
type Transport struct {
	next  http.RoundTripper
	seed  uint64
	rates Rates
	turns *Turns

	mu    sync.Mutex
	off   bool
	out   *outage
	lanes map[string]*lane
	log   []string
}

// outage strikes a stretch of every lane's calls.
type outage struct {
	kind       Kind
	from, upTo uint64
}

// lane is how far a lane has come.
type lane struct {
	calls uint64
	burst Decision // what goes on striking
}

// New makes a transport before a store; turns may be nil, and then calls go as they come.
func New(next http.RoundTripper, seed uint64, rates Rates, turns *Turns) *Transport {
	return &Transport{next: next, seed: seed, rates: rates, turns: turns, lanes: map[string]*lane{}}
}

// Stop ends the faults: from now on every call passes, and a system that is right converges.
func (t *Transport) Stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.off = true
}

// Outage has a fault strike so many calls of each lane in a row, beginning with its n-th from now on; whatever the rates say.
func (t *Transport) Outage(k Kind, n, calls uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.lanes)
	t.out = &outage{kind: k, from: n, upTo: n + calls}
}

// Calls tells how many calls a lane has made since the beginning, or since the last Outage.
func (t *Transport) Calls(lane string) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lanes[lane] == nil {
		return 0
	}
	return t.lanes[lane].calls
}

// Log tells every fault so far, in order: "client-1 call 17 TransactWriteItems: answer lost".
func (t *Transport) Log() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.log...)
}

// RoundTrip passes a call on, or does not.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	name := laneOf(req.Context())
	if name == "" {
		return t.next.RoundTrip(req)
	}
	body, err := readAll(req)
	if err != nil {
		return nil, err
	}
	d := t.decide(name, operationOf(req))
	t.turns.wait(name)
	if d.Kind == Delayed {
		for range d.Turns {
			t.turns.wait(name)
		}
	}
	if err := req.Context().Err(); err != nil {
		return nil, err // the caller has given up meanwhile
	}
	return t.strike(d.Kind, req, body)
}

func (t *Transport) strike(k Kind, req *http.Request, body []byte) (*http.Response, error) {
	switch k {
	case DroppedBefore:
		return nil, ErrBroken
	case AnswerLost:
		if err := discard(pass(t.next, req, body)); err != nil {
			return nil, err
		}
		return nil, ErrBroken
	case Throttled:
		return answer(req, http.StatusBadRequest, throttled), nil
	case Conflicting:
		return answer(req, http.StatusBadRequest, conflict(operationOf(req), body)), nil
	case ServerError:
		return answer(req, http.StatusInternalServerError, serverError), nil
	case Duplicated:
		if err := discard(pass(t.next, req, body)); err != nil {
			return nil, err
		}
	case None, Delayed, kinds: // it passes; a delayed call has waited
	}
	return pass(t.next, req, body)
}

// discard drops an answer that nobody gets.
func discard(resp *http.Response, err error) error {
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// pass sends a call on with a body of its own.
func pass(next http.RoundTripper, req *http.Request, body []byte) (*http.Response, error) {
	again := req.Clone(req.Context())
	again.Body, again.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return next.RoundTrip(again)
}

func (t *Transport) decide(name, operation string) Decision {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.lanes[name]
	if l == nil {
		l = &lane{}
		t.lanes[name] = l
	}
	l.calls++
	if t.off {
		return Decision{}
	}
	d := t.rates.Decide(t.seed, name, l.calls)
	if t.out != nil {
		d = Decision{}
		if l.calls >= t.out.from && l.calls < t.out.upTo {
			d = Decision{Kind: t.out.kind, Turns: 1}
		}
	}
	if l.burst.Burst > 0 {
		d = l.burst
	}
	d.Burst--
	l.burst = d
	if d.Kind == Conflicting && !conflicts(operation) {
		d.Kind = None
	}
	if d.Kind != None {
		t.log = append(t.log, fmt.Sprintf("%s call %d %s: %s", name, l.calls, operation, d.Kind))
	}
	return d
}

func readAll(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(req.Body)
	return body, errors.Join(err, req.Body.Close())
}

// operationOf reads the operation from its header, such as DynamoDB_20120810.PutItem.
func operationOf(req *http.Request) string {
	_, name, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
	return name
}
