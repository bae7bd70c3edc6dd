package store_test

import (
	"testing"

	"backoffice/internal/op"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

const tenant = "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"

// oldRow is a row as an earlier version of the system wrote it: one field for what are two now.
type oldRow struct {
	store.Row
	Name string `dynamo:"n"`
}

// newRow is the row as it is now.
type newRow struct {
	store.Row
	Name  string `dynamo:"n"`
	First string `dynamo:"f,omitempty"`
}

// Upgrade brings a row of the first schema to the present one.
func (r *newRow) Upgrade(from int) {
	if from < 2 {
		r.First, r.Schema = "the first of "+r.Name, 2
	}
}

// TestOldItemsAreUpgradedWhenTheyAreRead keeps the promise that an upgrade of the system needs no migration of its data: what
// an older version wrote is read in the present form by every way of reading, and written back in it when it changes.
func TestOldItemsAreUpgradedWhenTheyAreRead(t *testing.T) {
	db := storetest.Open(t)
	acts := store.NewActs(db, nil)
	spec := &op.Spec{ID: "finance.test", Kind: op.Command}
	pk, sk := store.In(tenant, "TEST"), store.At("1")
	key := store.Key{Table: "finance", PK: pk, SK: sk}
	commit := func(id string, w *store.Write) {
		t.Helper()
		act := &op.Act{ID: id, Tenant: tenant, Operation: spec.ID}
		act.Write(w)
		if err := acts.Commit(t.Context(), spec, act); err != nil {
			t.Fatal(err)
		}
	}
	commit("act_1", store.Create("finance", oldRow{Row: store.NewRow(pk, sk, 1, 1), Name: "Ailsa"}, nil))

	loaded, found, err := store.Load[newRow](t.Context(), db, key)
	if err != nil || !found || loaded.First != "the first of Ailsa" {
		t.Errorf("Load: %+v, %v, %v", loaded, found, err)
	}
	var together newRow
	if err := db.LoadAll(t.Context(), &store.Want{Key: key, Into: &together}); err != nil || together.First == "" {
		t.Errorf("LoadAll: %+v, %v", together, err)
	}
	listed, _, err := store.Scan[newRow](t.Context(), db, store.Range{Table: "finance", PK: pk})
	if err != nil || len(listed) != 1 || listed[0].First == "" {
		t.Errorf("Scan: %+v, %v", listed, err)
	}
	loaded.Version = 2
	commit("act_2", store.Replace("finance", loaded, 1))
	if again, _, err := store.Load[newRow](t.Context(), db, key); err != nil || again.Schema != 2 || again.First != loaded.First {
		t.Errorf("written back: %+v, %v", again, err)
	}
}
