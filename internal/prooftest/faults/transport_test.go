package faults

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// counter is a store that counts what reaches it.
type counter struct {
	mu   sync.Mutex
	came []string
}

func (c *counter) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.came = append(c.came, string(body))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: req}, nil
}

func call(t *testing.T, rt http.RoundTripper, lane, operation, body string) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(In(t.Context(), lane), http.MethodPost, "http://store.internal", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	return rt.RoundTrip(req)
}

// Each kind of fault does to the store and shows to the caller what its name says.
func TestKinds(t *testing.T) {
	for _, c := range []struct {
		kind    Kind
		reaches int    // how often the call reaches the store
		shows   string // what the answer holds; "" for a broken connection
	}{
		{None, 1, "{}"},
		{DroppedBefore, 0, ""},
		{AnswerLost, 1, ""},
		{Delayed, 1, "{}"},
		{Throttled, 0, "ProvisionedThroughputExceededException"},
		{Conflicting, 0, `"CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"`},
		{ServerError, 0, "InternalServerError"},
		{Duplicated, 2, "{}"},
	} {
		t.Run(c.kind.String(), func(t *testing.T) {
			store := &counter{}
			tr := New(store, 1, Rates{}, nil)
			tr.Outage(c.kind, 1, 1)
			resp, err := call(t, tr, "a", "TransactWriteItems", `{"TransactItems":[{"Put":{}},{"Put":{}}]}`)
			if len(store.came) != c.reaches {
				t.Errorf("it reached the store %d times", len(store.came))
			}
			if c.shows == "" {
				if !errors.Is(err, ErrBroken) {
					t.Errorf("the caller sees %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil || !strings.Contains(string(body), c.shows) {
				t.Errorf("the caller sees %s %v", body, err)
			}
			tr.Stop()
			if _, err := call(t, tr, "a", "GetItem", "{}"); err != nil {
				t.Errorf("after the end of the faults: %v", err)
			}
		})
	}
}

// Decisions follow from seed, lane and count, and strike about as often as the rates say.
func TestDecisionsFollowFromTheSeed(t *testing.T) {
	rates := Rates{AnswerLost: 0.1, Throttled: 0.2}
	var struck [kinds]int
	const calls = 20_000
	for n := range uint64(calls) {
		d := rates.Decide(5, "lane", n)
		if d != rates.Decide(5, "lane", n) {
			t.Fatalf("call %d is decided in two ways", n)
		}
		struck[d.Kind]++
	}
	if a, b := struck[AnswerLost], struck[Throttled]; a < calls/11 || a > calls/9 || b < calls/6 || b > calls/4 || a+b+struck[None] != calls {
		t.Errorf("struck: %v", struck)
	}
	for seed := range uint64(200) {
		sum := 0.0
		for _, r := range Draw(seed) {
			sum += r
		}
		if sum > 1 || Draw(seed) != Draw(seed) {
			t.Fatalf("seed %d draws %v", seed, Draw(seed))
		}
	}
}

// Lanes that take turns go in the same order every time, and meet the same faults in it, whatever lane the scheduler lets begin.
func TestTurnsAreTheSameEveryTime(t *testing.T) {
	run := func(begins int) (calls, log []string) {
		store := &counter{}
		lanes := []string{"a", "b", "c", "d"}
		turns := NewTurns(3, lanes...)
		tr := New(store, 3, Rates{Delayed: 0.5}, turns)
		var all sync.WaitGroup
		for i := range lanes {
			l := lanes[(begins+i)%len(lanes)]
			all.Go(func() {
				turns.Run(l, func() {
					for range 50 {
						if _, err := call(t, tr, l, "GetItem", l); err != nil {
							t.Error(err)
						}
					}
				})
			})
			runtime.Gosched() // so that lanes do begin in different orders
		}
		all.Wait()
		return store.came, tr.Log()
	}
	first, faults := run(0)
	for n := range 40 {
		if again, met := run(n); !slices.Equal(first, again) || !slices.Equal(faults, met) {
			t.Fatalf("one seed, two orders:\n%v\n%v\n%v\n%v", first, again, faults, met)
		}
	}
	sorted := slices.Sorted(slices.Values(first))
	if len(first) != 200 || slices.Equal(first, sorted) {
		t.Errorf("%d calls, in order of their lanes: %v", len(first), slices.Equal(first, sorted))
	}
}

// What is kept back reaches the store when it is released, and not before.
func TestLate(t *testing.T) {
	store := &counter{}
	late := &Late{Next: store, Take: func(lane, operation string) bool { return lane == "a" && operation == "PutItem" }}
	if _, err := call(t, late, "a", "PutItem", "kept"); !errors.Is(err, ErrBroken) {
		t.Errorf("the caller sees %v", err)
	}
	if _, err := call(t, late, "b", "PutItem", "passed"); err != nil {
		t.Error(err)
	}
	if n, err := late.Release(); n != 1 || err != nil || !slices.Equal(store.came, []string{"passed", "kept"}) {
		t.Errorf("released %d, %v: %v", n, err, store.came)
	}
}

// A tamper changes calls, leaves actions out of transactions, and answers in the store's stead.
func TestTamper(t *testing.T) {
	store := &counter{}
	tamper := &Tamper{Next: store, Change: func(c *Call) {
		c.Keep(func(a map[string]any) bool { return Text(a, "Put", "Item", "pk", "S") != "x" })
	}}
	for _, body := range []string{`{"TransactItems":[{"Put":{"Item":{"pk":{"S":"x"}}}},{"Delete":{}}]}`, `{"TransactItems":[{"Put":{"Item":{"pk":{"S":"x"}}}}]}`} {
		if _, err := call(t, tamper, "a", "TransactWriteItems", body); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(store.came, []string{`{"TransactItems":[{"Delete":{}}]}`}) {
		t.Errorf("the store got %v", store.came)
	}
	if laneOf(context.Background()) != "" {
		t.Error("a context without a lane has one")
	}
}
