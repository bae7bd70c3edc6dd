package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/op"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

const rowsInRange = 137

// A range read in pages of any size, in either direction and within any bounds, gives each of its rows once and in order.
func TestPagesGiveEveryRowOnce(t *testing.T) {
	db := storetest.Open(t)
	acts := store.NewActs(db, nil)
	for start := 0; start < rowsInRange; start += 50 {
		var some []thing
		for n := start; n < min(start+50, rowsInRange); n++ {
			some = append(some, thingAt(n))
		}
		if err := commit(t.Context(), acts, fmt.Sprintf("act_%d", start), some...); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		r := store.Range{Table: "finance", PK: store.In("ten_1", "THING"), Newest: rapid.Bool().Draw(t, "newest"), Eventual: rapid.Bool().Draw(t, "eventual"),
			Limit: rapid.SampledFrom([]int{1, 2, 3, 26, 50, 136, 137, 138, 200}).Draw(t, "limit")}
		from, to := 0, rowsInRange-1
		switch rapid.SampledFrom([]string{"all", "from", "to", "both", "prefix"}).Draw(t, "bounds") {
		case "from":
			from = rapid.IntRange(0, rowsInRange-1).Draw(t, "from")
			r.From = sortOf(from)
		case "to":
			to = rapid.IntRange(0, rowsInRange-1).Draw(t, "to")
			r.To = sortOf(to)
		case "both":
			from = rapid.IntRange(0, rowsInRange-1).Draw(t, "from")
			to = rapid.IntRange(from, rowsInRange-1).Draw(t, "to")
			r.From, r.To = sortOf(from), sortOf(to)
		case "prefix":
			group := rapid.IntRange(0, rowsInRange/26).Draw(t, "group")
			prefix := store.At(name(26 * group)[:2])
			from, to, r.Prefix = 26*group, min(26*group+25, rowsInRange-1), &prefix
		}
		var want, got []int
		for n := from; n <= to; n++ {
			want = append(want, n)
		}
		if r.Newest {
			slices.Reverse(want)
		}
		for {
			rows, next, err := store.Scan[thing](t.Context(), db, r)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) > r.Limit {
				t.Fatalf("a page of %d holds %d", r.Limit, len(rows))
			}
			for _, row := range rows {
				got = append(got, row.N)
			}
			if r.After = next; next == nil {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%+v gives %v, wanted %v", r, got, want)
		}
	})
}

func sortOf(n int) *store.Sort {
	s := store.At(name(n))
	return &s
}

// A joint read gives each asked item once, found or not, however many there are.
func TestLoadAllFindsWhatIsThere(t *testing.T) {
	db := storetest.Open(t)
	if err := commit(t.Context(), store.NewActs(db, nil), "act_1", thingAt(0), thingAt(2), thingAt(4)); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		asked := rapid.SliceOfN(rapid.IntRange(0, 300), 1, 250).Draw(t, "asked")
		rows := make([]thing, len(asked))
		var wants []*store.Want
		for i, n := range asked {
			wants = append(wants, &store.Want{Key: store.Key{Table: "finance", PK: store.In("ten_1", "THING"), SK: store.At(name(n))}, Into: &rows[i]})
		}
		if err := db.LoadAll(t.Context(), wants...); err != nil {
			t.Fatal(err)
		}
		for i, n := range asked {
			there := n == 0 || n == 2 || n == 4
			if wants[i].Found != there || there && rows[i].N != n {
				t.Fatalf("%d: found %v, %+v", n, wants[i].Found, rows[i])
			}
		}
	})
}

// An operation gets at what its spec declares, in its own tenant, and at nothing else: as IAM would have it in the cloud.
func TestGuard(t *testing.T) {
	db := storetest.Open(t)
	none := op.Access{}
	get, list, put := op.Access{Table: "finance", Do: op.Get}, op.Access{Table: "finance", Do: op.List}, op.Access{Table: "finance", Do: op.Put}
	update := op.Access{Table: "finance", Do: op.Update}
	indexed := op.Access{Table: "finance", Do: op.List, Indexes: "pending"}
	every := op.Access{Table: "finance", Do: op.Get, AllTenants: "a test"}
	mine, theirs := store.In("ten_1", "THING"), store.In("ten_2", "THING")
	load := func(pk store.Partition) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := store.Load[thing](ctx, db, store.Key{Table: "finance", PK: pk, SK: store.At("x")})
			return err
		}
	}
	joint := func(pks ...store.Partition) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			var wants []*store.Want
			for _, pk := range pks {
				wants = append(wants, &store.Want{Key: store.Key{Table: "finance", PK: pk, SK: store.At("x")}, Into: &thing{}})
			}
			return db.LoadAll(ctx, wants...)
		}
	}
	scan := func(pk store.Partition) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := store.Scan[thing](ctx, db, store.Range{Table: "finance", PK: pk})
			return err
		}
	}
	count := func(pk store.Partition) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			_, err := db.Count(ctx, store.Key{Table: "finance", PK: pk, SK: store.At("n")}, 1)
			return err
		}
	}
	pending := func(ctx context.Context) error { _, err := db.PendingActs(ctx, "finance", "ten_1", 9); return err }
	tenants := func(ctx context.Context) error { _, err := db.Waiting(ctx, "finance"); return err }
	for name, c := range map[string]struct {
		has  op.Access
		call func(ctx context.Context) error
		lets bool
	}{
		"get":                        {get, load(mine), true},
		"get without":                {none, load(mine), false},
		"get with list only":         {list, load(mine), false},
		"get of another table":       {op.Access{Table: "platform", Do: op.Get}, load(mine), false},
		"get of another tenant":      {get, load(theirs), false},
		"get of every tenant":        {every, load(theirs), true},
		"joint":                      {get, joint(mine), true},
		"joint with another tenant":  {get, joint(mine, theirs), false},
		"query":                      {list, scan(mine), true},
		"query with get only":        {get, scan(mine), false},
		"query of another tenant":    {list, scan(theirs), false},
		"update":                     {update, count(mine), true},
		"update with put only":       {put, count(mine), false},
		"update of another tenant":   {update, count(theirs), false},
		"index without its name":     {list, pending, false},
		"index with its name":        {indexed, pending, true},
		"scan of every tenant's key": {indexed, tenants, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := op.Spec{ID: "other.test", Kind: op.Task, NoRecord: "a test", Access: []op.Access{c.has}}
			err := c.call(store.WithLimit(t.Context(), &s, "ten_1"))
			var denied *store.DeniedError
			if c.lets && err != nil || !c.lets && (!errors.As(err, &denied) || denied.Operation != s.ID) {
				t.Errorf("%v", err)
			}
		})
	}
}
