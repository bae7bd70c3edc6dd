package ledger

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
	"backoffice/internal/prooftest/faults"
	"backoffice/internal/store/storetest"
)

// Random journals are each reversed by two callers at once, on a store that answers conflicts as the cloud's does: exactly
// one of each pair succeeds, and the books are empty again.
func TestReversedTwiceAtOnce(t *testing.T) {
	journals := 500
	if testing.Short() {
		journals = 100
	}
	engine := storetest.Engine(t, storetest.Conflicting)
	w := &world{seed: 500, Books: financetest.Over(t, storetest.On(t, engine.RoundTripper()))}
	b := &book{}
	c := &client{process: &process{Kit: w.Kit, lane: "recorder"}, entity: w.Entity.ID, dice: faults.Choices(w.seed, "recorder"), book: b}
	for range journals {
		i := c.intent(&finance.RecordJournal, nil)
		i.sent, i.journals = c.journal(i.tag), 1
		delete(i.sent.(map[string]any), "series")
		for _, l := range i.sent.(map[string]any)["lines"].([]any) {
			delete(l.(map[string]any), "dimensions")
		}
		i.call.Body = i.sent
		if !c.ask(t.Context(), i) {
			t.Fatalf("%s was not recorded", i.tag)
		}
	}
	w.Project() // the relay runs meanwhile in life; here it has its own test
	var won, lost atomic.Int64
	limit := make(chan struct{}, 8)
	var all sync.WaitGroup
	for _, target := range b.intents {
		id := target.first.ids[0]
		for n := range 2 {
			all.Go(func() {
				limit <- struct{}{}
				defer func() { <-limit }()
				a := w.Do(optest.Call{Op: &finance.ReverseJournal, Key: fmt.Sprintf("%s-%d", id, n), Path: map[string]string{"journalId": id}, Version: 1,
					Body: map[string]string{"mode": "correct", "reason": "entered twice"}})
				switch a.Status {
				case 201:
					won.Add(1)
				case 409, 412:
					lost.Add(1)
				default:
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
	}
	all.Wait()
	if won.Load() != int64(journals) || lost.Load() != int64(journals) {
		t.Errorf("%d reversals succeeded and %d were refused, of %d journals", won.Load(), lost.Load(), journals)
	}
	w.Project()
	r := w.readAll(t)
	var f findings
	posted := f.journals(r)
	f.acts(r, posted)
	f.projections(r, posted, w.Entity.ID)
	for _, x := range f.Findings {
		t.Error(x)
	}
	net := map[string]int64{}
	for _, j := range posted {
		for _, l := range j.Lines {
			net[l.Account] += l.Minor
		}
	}
	for account, n := range net {
		if n != 0 {
			t.Errorf("%s is left with %d", account, n)
		}
	}
	if len(posted) != 2*journals {
		t.Errorf("%d journals in the books", len(posted))
	}
}
