package ledger

import (
	"testing"
	"testing/synctest"
	"time"

	"backoffice/internal/finance"
	"backoffice/internal/op/optest"
	"backoffice/internal/prooftest/faults"
)

// A commit that the network delivers long after its caller gave up, when the period has been closed, never enters the closed
// period's totals in silence: it waits, is told of, and holds nobody else up.
func TestLateArrivalIsParked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1)
		w.run()
		keep := true
		late := &faults.Late{Next: w.engine, Take: func(lane, operation string) bool {
			return keep && lane == "poster" && operation == "TransactWriteItems"
		}}
		p := w.process(t, "poster", late)
		in := w.process(t, "", late)
		in.Do(optest.Call{Op: &finance.RecordJournal, Body: twoLines(w.Entity.ID, "JRN"), Key: "in-time"}).Must(nil)
		if a := p.do(t.Context(), optest.Call{Op: &finance.RecordJournal, Body: twoLines(w.Entity.ID, "JRN")}); a.Status != 503 {
			t.Fatalf("a caller whose commit is held up is told %d %s", a.Status, a.Body)
		}
		keep = false
		w.Project()
		period := map[string]string{"periodId": w.Entity.ID + ".2026-04"}
		in.Do(optest.Call{Op: &finance.StartClosingPeriod, Path: period, Version: 1}).Must(nil)
		<-time.After(61 * time.Second)
		w.Project()
		in.Do(optest.Call{Op: &finance.ClosePeriod, Path: period, Version: 2}).Must(nil)
		before := april(w)

		if n, err := late.Release(); n == 0 || err != nil {
			t.Fatalf("%d calls released: %v", n, err)
		}
		if len(w.readAll(t).journals) != 2 {
			t.Fatal("the late commit did nothing; the test proves nothing")
		}
		body := twoLines(w.Entity.ID, "JRN")
		body["date"] = "2026-05-31"
		in.Do(optest.Call{Op: &finance.RecordJournal, Body: body}).Must(nil)
		for range 3 {
			_ = w.Relay.Drain(t.Context(), finance.Table, w.Tenant) // it tells of the parked act
		}
		if after := april(w); after.Debit.Amount() != before.Debit.Amount() || after.Pending.Acts != 1 {
			t.Errorf("April was closed at %s and is now %s, with %d acts waiting", before.Debit, after.Debit, after.Pending.Acts)
		}
		var may finance.TrialBalance
		w.Do(optest.Call{Op: &finance.GetTrialBalance, Query: "entity=" + w.Entity.ID + "&asOf=2026-05-31"}).Must(&may)
		if may.Debit.Amount() != "25.00" {
			t.Errorf("May shows %s: the parked act holds others up", may.Debit)
		}
	})
}

func april(w *world) finance.TrialBalance {
	var tb finance.TrialBalance
	w.Do(optest.Call{Op: &finance.GetTrialBalance, Query: "entity=" + w.Entity.ID + "&asOf=2026-04-30"}).Must(&tb)
	return tb
}
