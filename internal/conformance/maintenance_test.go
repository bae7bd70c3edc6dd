package conformance

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"backoffice/internal/op"
)

// gate is the maintenance switch of a test.
type gate struct{ shut atomic.Bool }

// Shut tells what the test has set.
func (g *gate) Shut(context.Context, time.Time) (bool, error) { return g.shut.Load(), nil }

// While the installation is shut for maintenance, whatever changes something is refused and leaves nothing, unless its spec
// says why not; a call that was answered before gets its answer, and what reads goes on.
func checkMaintenance(t *testing.T, s *subject) {
	r := s.ready(t)
	if s.spec.Kind == op.Query || !s.spec.Gated() {
		s.sys.gate.shut.Store(true)
		r.works(t, "while the installation is shut")
		return
	}
	before := s.sys.snapshot(t)
	s.sys.gate.shut.Store(true)
	r.refuses(t, http.StatusServiceUnavailable, op.RuleMaintenance, "while the installation is shut")
	if s.spec.HTTP() && r.send(t).Header.Get("Retry-After") == "" {
		t.Error("the refusal does not say when to try again")
	}
	s.sys.unchanged(t, before, "a call while the installation is shut")
	s.sys.gate.shut.Store(false)
	if s.spec.ExemptFrom("example") != "" {
		return
	}
	r.works(t, "once it is open again")
	if s.spec.Writes() && s.spec.ExemptFrom("replay") == "" {
		s.sys.gate.shut.Store(true)
		r.works(t, "the same call again while the installation is shut")
	}
}
