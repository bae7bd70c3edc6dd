package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"backoffice/internal/op"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

// processes opens one store in memory as several processes do: each with a client and a memory of its own.
func processes(t *testing.T, n int) []*store.DB {
	t.Helper()
	engine := storetest.Engine(t)
	out := make([]*store.DB, n)
	for i := range out {
		out[i] = storetest.On(t, engine.RoundTripper())
	}
	return out
}

// decoder decodes the tests' rows and counts how often.
type decoder struct{ times atomic.Int64 }

func (d *decoder) text(r newRow) (string, error) {
	d.times.Add(1)
	if r.Name == "unreadable" {
		return "", errors.New("unreadable")
	}
	return fmt.Sprintf("%s, %s, version %d", r.Name, r.First, r.Version), nil
}

// write writes a version of the item n: the first, or one over the version before.
func write(t testing.TB, db *store.DB, n, schema, version int, name string) {
	t.Helper()
	k := sharedAt(n)
	row := newRow{Row: store.NewRow(k.PK, k.SK, schema, version), Name: name}
	act := &op.Act{ID: fmt.Sprintf("act_%d_%d", n, version), Tenant: tenant, Operation: spec.ID}
	if version <= 1 {
		act.Write(store.Create("finance", row, nil))
	} else {
		act.Write(store.Replace("finance", row, version-1))
	}
	if err := store.NewActs(db, nil).Commit(t.Context(), &spec, act); err != nil {
		t.Fatal(err)
	}
}

func sharedAt(n int) store.Key {
	return store.Key{Table: "finance", PK: store.In(tenant, "SHARED"), SK: store.At(fmt.Sprint(n))}
}

// read reads the item n by itself, or jointly with another.
func read(t testing.TB, db *store.DB, d *decoder, n int, jointly bool) string {
	t.Helper()
	if !jointly {
		text, _, err := store.LoadShared(t.Context(), db, sharedAt(n), d.text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	s := store.Share(db, sharedAt(n), d.text)
	if err := db.LoadAll(t.Context(), &s.Want, &store.Want{Key: sharedAt(-1), Into: &newRow{}}); err != nil {
		t.Fatal(err)
	}
	return s.Value
}

// TestAVersionIsDecodedOnce reads an item again and again, by itself and with others: it is decoded once for each version, and
// a version that another process writes is seen by the very next read.
func TestAVersionIsDecodedOnce(t *testing.T) {
	both := processes(t, 2)
	here, there := both[0], both[1]
	var d decoder
	if text := read(t, here, &d, 1, false); text != "" {
		t.Errorf("before it was written it is %q", text)
	}
	for version := 1; version <= 5; version++ {
		name := strings.Repeat("x", version)
		write(t, there, 1, 2, version, name)
		for i := range 4 {
			if got, want := read(t, here, &d, 1, i%2 == 0), fmt.Sprintf("%s, , version %d", name, version); got != want {
				t.Fatalf("%q is read, %q was written", got, want)
			}
		}
		if n := d.times.Load(); n != int64(version) {
			t.Fatalf("decoded %d times after %d versions", n, version)
		}
	}
}

// TestSharingCostsTheStoreTheSame holds that no read is left out: round trips and units are those of Load.
func TestSharingCostsTheStoreTheSame(t *testing.T) {
	db := storetest.Open(t)
	write(t, db, 1, 2, 1, strings.Repeat("x", 20_000))
	var plain, shared store.Meter
	var d decoder
	for range 3 {
		if _, found, err := store.Load[newRow](store.WithMeter(t.Context(), &plain), db, sharedAt(1)); err != nil || !found {
			t.Fatal(found, err)
		}
		if _, found, err := store.LoadShared(store.WithMeter(t.Context(), &shared), db, sharedAt(1), d.text); err != nil || !found {
			t.Fatal(found, err)
		}
	}
	if plain.Count() != shared.Count() || d.times.Load() != 1 {
		t.Errorf("%+v, shared %+v, decoded %d times", plain.Count(), shared.Count(), d.times.Load())
	}
}

// TestWhatIsNotShared lists what is decoded on every read: an item without a version, whose change nothing would tell, and one
// that cannot be decoded. An older schema is upgraded like anywhere else.
func TestWhatIsNotShared(t *testing.T) {
	db := storetest.Open(t)
	var d decoder
	write(t, db, 1, 2, 0, "no version")
	for range 2 {
		if got := read(t, db, &d, 1, true); got != "no version, , version 0" {
			t.Error(got)
		}
	}
	write(t, db, 2, 2, 1, "unreadable")
	for range 2 {
		if text, _, err := store.LoadShared(t.Context(), db, sharedAt(2), d.text); err == nil {
			t.Errorf("%q of an item that cannot be read", text)
		}
	}
	if n := d.times.Load(); n != 4 {
		t.Errorf("decoded %d times instead of 4", n)
	}
	write(t, db, 3, 1, 1, "Ailsa")
	if got := read(t, db, &d, 3, false); got != "Ailsa, the first of Ailsa, version 1" {
		t.Error(got)
	}
}

// TestSharedFormsAreBounded reads more items than a process keeps: those that were asked for last stay, the others are decoded
// anew when they are wanted again.
func TestSharedFormsAreBounded(t *testing.T) {
	db := storetest.Open(t)
	const itemBytes, all = 300_000, 40 // 12 MB, of which 8 MiB are kept
	for n := range all {
		write(t, db, n, 2, 1, strings.Repeat("x", itemBytes))
	}
	var d decoder
	asked := func(want int64, items ...int) {
		t.Helper()
		before := d.times.Load()
		for _, n := range items {
			read(t, db, &d, n, false)
		}
		if got := d.times.Load() - before; got != want {
			t.Errorf("decoded %d times instead of %d", got, want)
		}
	}
	for n := range all {
		asked(1, n)
		if n > 0 {
			asked(0, 0) // kept, for it is wanted all the time
		}
	}
	asked(0, all-1, all-2, all-20)
	asked(2, 1, 2)
}

// TestSharedReadsNeverGoBack has readers race with a writer in another process: none sees a version older than one that was
// written before its read began.
func TestSharedReadsNeverGoBack(t *testing.T) {
	both := processes(t, 2)
	const versions, readers = 60, 4
	var written atomic.Int64
	write(t, both[1], 1, 2, 1, "x")
	written.Store(1)
	var wg sync.WaitGroup
	for r := range readers {
		wg.Go(func() {
			var d decoder
			for written.Load() < versions {
				least := written.Load()
				var version int64
				if _, err := fmt.Sscanf(read(t, both[0], &d, 1, r%2 == 0), "x, , version %d", &version); err != nil || version < least {
					t.Errorf("version %d after %d was written: %v", version, least, err)
					return
				}
			}
		})
	}
	for v := 2; v <= versions; v++ {
		write(t, both[1], 1, 2, v, "x")
		written.Store(int64(v))
	}
	wg.Wait()
}
