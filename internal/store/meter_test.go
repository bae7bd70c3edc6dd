package store_test

import (
	"testing"
	"testing/synctest"

	"backoffice/internal/prooftest/faults"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

// A meter inside another counts for both, and the same one twice only once.
func TestMetersInsideOneAnotherCountForBoth(t *testing.T) {
	db := storetest.Open(t)
	var outer, inner store.Meter
	ctx := store.WithMeter(store.WithMeter(store.WithMeter(t.Context(), &outer), &inner), &inner)
	if err := commit(ctx, store.NewActs(db, nil), "act_1", thingAt(1)); err != nil {
		t.Fatal(err)
	}
	if c := outer.Count(); c != inner.Count() || c.Calls != 1 || c.WrittenItems != 2 || c.WriteUnits == 0 {
		t.Errorf("outer %+v, inner %+v", c, inner.Count())
	}
}

// The scan of the sparse index is paid for like any other read.
func TestTheSweepsScanIsCounted(t *testing.T) {
	db := storetest.Open(t)
	var m store.Meter
	if _, err := db.Waiting(store.WithMeter(t.Context(), &m), "finance"); err != nil {
		t.Fatal(err)
	}
	if c := m.Count(); c.Calls != 1 || c.ReadUnits == 0 {
		t.Errorf("%+v", c)
	}
}

// A round trip that the client had to repeat is one call, and its repetitions are told of.
func TestRepeatedRoundTripsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, tr := failing(t)
		tr.Outage(faults.Throttled, 1, 2)
		var m store.Meter
		key := store.Key{Table: "finance", PK: store.In("ten_1", "THING"), SK: store.At("aaa")}
		if _, _, err := store.Load[thing](faults.In(store.WithMeter(t.Context(), &m), "caller"), db, key); err != nil {
			t.Fatal(err)
		}
		if c := m.Count(); c.Calls != 1 || c.Retries != 2 {
			t.Errorf("%+v", c)
		}
	})
}
