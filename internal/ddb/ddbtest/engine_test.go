package ddbtest

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"backoffice/internal/ddb"
)

// engineURL is what clients of an engine in this process are given; no
// request ever leaves for it.
const engineURL = "http://store.invalid"

// manualClock is a clock that stands still until it is moved.
type manualClock struct {
	mu  sync.Mutex
	now time.Time
}

func newManualClock() *manualClock {
	return &manualClock{now: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)}
}

func (c *manualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *manualClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// openEngine opens an engine for one test and closes it at its end.
func openEngine(t testing.TB, options ddb.Options) *ddb.Engine {
	t.Helper()
	engine, err := ddb.Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}

// engineTarget is an engine as the suite sees it.
func engineTarget(engine *ddb.Engine, clock *manualClock) Target {
	target := Target{Name: "engine", Endpoint: engineURL, Client: &http.Client{Transport: engine.RoundTripper()}}
	if clock != nil {
		target.Advance, target.Now = clock.Advance, clock.Now
		target.SweepTTL = func() error {
			_, err := engine.SweepTTL(context.Background())
			return err
		}
	}
	return target
}

// TestEngine puts every check to the embedded engine, which has no known
// defects.
func TestEngine(t *testing.T) {
	clock := newManualClock()
	engine := openEngine(t, ddb.Options{Dir: t.TempDir(), Clock: clock.Now, NoSync: true})
	Run(t, engineTarget(engine, clock))
}
