package ddbtest

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Suite is one run of the checks on one target. The copies made for each
// topic share the tables and the record of the checks seen.
type Suite struct {
	*Clients

	t      *testing.T
	topic  string
	target Target
	shared *sharedState
}

// sharedState is what all topics of a run have in common.
type sharedState struct {
	mu     sync.Mutex
	tables map[string]bool
	seen   map[string]bool
}

func newSuite(t *testing.T, target Target) *Suite {
	t.Helper()
	return &Suite{
		Clients: NewClients(target),
		t:       t,
		target:  target,
		shared:  &sharedState{tables: map[string]bool{}, seen: map[string]bool{}},
	}
}

// within returns the suite as seen from one topic's subtest.
func (s *Suite) within(t *testing.T, topic string) *Suite {
	copied := *s
	copied.t, copied.topic = t, topic
	return &copied
}

// check runs one named check as a subtest. A check listed as a defect of the
// target has to fail and is then reported as skipped.
func (s *Suite) check(name string, body func(c *C)) {
	name = strings.ReplaceAll(name, " ", "_")
	full := s.topic + "/" + name
	s.t.Run(name, func(t *testing.T) {
		if s.markSeen(full) {
			t.Fatalf("two checks are named %s", full)
		}
		c := &C{Suite: s, name: full, ctx: t.Context()}
		c.run(body)
		reason, known := s.target.Defects[full]
		switch {
		case c.skipped != "":
			t.Skip(c.skipped)
		case !known:
			for _, failure := range c.failures {
				t.Error(failure)
			}
		case len(c.failures) == 0:
			t.Errorf("%s no longer shows the defect %q: take it off the list", s.target.Name, reason)
		default:
			t.Skipf("known defect of %s: %s (%s)", s.target.Name, reason, c.failures[0])
		}
	})
}

func (s *Suite) markSeen(full string) (before bool) {
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	before = s.shared.seen[full]
	s.shared.seen[full] = true
	return before
}

// reportUnknownDefects fails the run when a defect names a check that does
// not exist, unless only a part of the suite was selected.
func (s *Suite) reportUnknownDefects(t *testing.T) {
	if partOfSuiteSelected() {
		return
	}
	for name := range s.target.Defects {
		if !s.shared.seen[name] {
			t.Errorf("a defect is listed for %s, but there is no such check", name)
		}
	}
	t.Logf("%d checks on %s, %d known defects", len(s.shared.seen), s.target.Name, len(s.target.Defects))
}

// C is one running check. It gathers failures instead of reporting them at
// once, because a known defect turns them into a skip.
type C struct {
	*Suite

	name     string
	ctx      context.Context
	failures []string
	skipped  string
}

// run calls the body in a goroutine of its own, so that Fatalf and Skip can
// end it early.
func (c *C) run(body func(c *C)) {
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }() // nil after Fatalf and Skip, too
		body(c)
	}()
	if problem := <-done; problem != nil {
		c.failures = append(c.failures, fmt.Sprintf("panic: %v", problem))
	}
}

// Errorf notes a failure and goes on.
func (c *C) Errorf(format string, args ...any) {
	c.failures = append(c.failures, c.caller()+fmt.Sprintf(format, args...))
}

// Fatalf notes a failure and ends the check.
func (c *C) Fatalf(format string, args ...any) {
	c.failures = append(c.failures, c.caller()+fmt.Sprintf(format, args...))
	runtime.Goexit()
}

// Skip ends the check without a verdict, saying why.
func (c *C) Skip(reason string) {
	c.skipped = reason
	runtime.Goexit()
}

// must ends the check if a step that only prepares it went wrong.
func (c *C) must(err error) {
	if err != nil {
		c.Fatalf("unexpected error: %v", err)
	}
}

// same fails the check unless both texts are equal.
func (c *C) same(what, got, want string) {
	if got != want {
		c.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// sameInt fails the check unless both numbers are equal.
func (c *C) sameInt(what string, got, want int) {
	if got != want {
		c.Errorf("%s: got %d, want %d", what, got, want)
	}
}

// caller names the first place outside this file, helpers included, and the
// place that called it, so that a table's row can be found.
func (c *C) caller() string {
	var places []string
	for depth := 2; depth < 8 && len(places) < 3; depth++ {
		_, file, line, ok := runtime.Caller(depth)
		base := filepath.Base(file)
		if !ok || base == "check.go" {
			continue
		}
		if !strings.Contains(file, "ddbtest") {
			break
		}
		places = append(places, fmt.Sprintf("%s:%d", base, line))
	}
	return strings.Join(places, " < ") + ": "
}
