package system

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/op"
	"backoffice/internal/prooftest/faults"
)

const (
	usualSeeds = 10
	// calmAfter is longer than any command may take: what had to wait for others to end need not wait any more.
	calmAfter = 5 * time.Minute
)

// Several clients play the operations of all domains against several processes while the store's answers are lost, delayed,
// refused and repeated, and two relays race for the same acts. Then the faults end, and everything must come out even.
func TestEveryDomainUnderFaults(t *testing.T) {
	replays, overreached, all := 0, 0, faults.Seeds(t, usualSeeds, 3)
	played := map[string]bool{}
	for _, seed := range all {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			if _, err := signingKey(); err != nil { // outside of the bubble, where making it takes real time
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				s := simulate(t, seed, faults.Draw(seed), plant{})
				s.transport.Stop()
				s.skip(calmAfter)
				s.settle(t)
				s.transport.Report(t, s.inspect(t).Findings)
				s.transport.Report(t, s.replays(t).Findings)
				s.settle(t)
				s.transport.Report(t, s.inspect(t).Findings) // asking again changed nothing, and what nobody had learnt is known by now
				replays += s.book.replays
				overreached += s.book.selfMade
				for _, i := range s.book.intents {
					if i.outcome == accepted {
						played[i.call.Spec.ID] = true
					}
				}
			})
		})
	}
	if len(all) < usualSeeds {
		return
	}
	if replays == 0 || overreached == 0 {
		t.Errorf("%d answers from acts, %d attempts to approve one's own: the runs were too mild to prove anything", replays, overreached)
	}
	for _, o := range playable(nil) {
		if id := o.Describe().ID; !played[id] {
			t.Logf("%s never succeeded", id)
		}
	}
	if most := len(playable(nil)); 3*len(played) < 2*most {
		t.Errorf("of %d operations only %d ever succeeded", most, len(played))
	}
}

// The same seed gives the same run, fault by fault: what failed can be looked at again.
func TestSeedReplaysTheRun(t *testing.T) {
	var logs [2][]string
	for i := range logs {
		if _, err := signingKey(); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) { logs[i] = simulate(t, 3, faults.Draw(3), plant{}).transport.Log() })
	}
	if !slices.Equal(logs[0], logs[1]) || len(logs[0]) == 0 {
		t.Errorf("one seed, two runs: %d and %d faults", len(logs[0]), len(logs[1]))
	}
}

// settle has every job end and takes up whatever waits: a system that is right converges.
func (s *simulation) settle(t *testing.T) {
	t.Helper()
	s.takeUp(t.Context(), s.System)
	s.runJobs(t.Context(), s.System)
	for _, tn := range s.tenants {
		s.repair(t, tn)
	}
	s.runJobs(t.Context(), s.System)
	acts, _ := s.scan(t)
	done := map[string]bool{}
	for _, a := range acts {
		if tenant := a.tenant(); !done[tenant] {
			done[tenant] = true
			if err := s.Settle(t.Context(), tenant); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// repair does what an operator does about a rebuild that was given up because the store failed too long: rebuild again. Until
// then postings wait, and every report says so.
func (s *simulation) repair(t *testing.T, tn *rehearsal.Tenant) {
	t.Helper()
	jobs, err := catalog.Find("platform.list-jobs")
	if err != nil {
		t.Fatal(err)
	}
	r := &rehearsal.Request{Tenant: tn, Spec: jobs.Describe(), Who: tn.Maker, Query: url.Values{"limit": {"200"}}, Header: http.Header{}}
	a, err := r.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Data []struct{ Kind, State string }
	}
	if err := json.Unmarshal(a.Body, &list); err != nil {
		t.Fatal(err)
	}
	for _, j := range list.Data { // the latest first
		if !strings.HasSuffix(j.Kind, "rebuild") && !strings.HasSuffix(j.Kind, "rebuild-projections") {
			continue
		}
		if j.State == "failed" {
			if _, err := s.Host.Invoke(t.Context(), "finance.begin-rebuild", tn.ID, "repair-"+tn.Key(), []byte(`{"reason":"The store failed"}`)); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
}

// patiently makes a call. Who is told to ask again does, later: passwords that a colleague's change has made wrong count as guesses,
// and a period is not closed while an act that was learnt of just now waits. Neither time nor a relay goes on by itself.
func (s *simulation) patiently(t *testing.T, call *rehearsal.Request) rehearsal.Answer {
	t.Helper()
	for n := 1; ; n++ {
		a, err := call.Send(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var p op.Problem
		if a.OK() || json.Unmarshal(a.Body, &p) != nil || !p.Retryable || n == asksMax {
			return a
		}
		if later, err := strconv.Atoi(a.Header.Get("Retry-After")); err == nil {
			s.skip(time.Duration(later) * time.Second)
		}
		s.takeUp(t.Context(), s.System)
	}
}

// replays asks for every act again: what was acknowledged gives the first answer, what nobody learnt can be learnt now.
func (s *simulation) replays(t *testing.T) findings {
	t.Helper()
	var f findings
	var counts [3]int
	for _, i := range s.book.intents {
		counts[i.outcome]++
		call := *i.call
		tenant := *call.Tenant
		tenant.Sys = s.System
		call.Tenant = &tenant
		again := s.patiently(t, &call)
		switch i.outcome {
		case accepted:
			if !i.same(again) || call.Spec.HTTP() && again.Header.Get("Idempotency-Replayed") != "true" {
				f.Add(sameAnswer, "%s: first %s, again %s", call.Spec.ID, i.first, again)
			}
		case unknown:
			if !i.learn(again) {
				f.Add(sameAnswer, "%s: still no answer, %s", call.Spec.ID, again)
			}
		case refused: // may succeed by now, since what stood in its way may have gone
			i.learn(again)
		}
	}
	t.Logf("seed %d: %d accepted, %d refused, %d learnt later, %d could not be tried; %d faults", s.seed, counts[accepted], counts[refused], counts[unknown], s.book.skipped, len(s.transport.Log()))
	return f
}
