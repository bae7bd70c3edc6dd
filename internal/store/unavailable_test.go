package store_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/prooftest/faults"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

// thing is a row of the tests.
type thing struct {
	store.Row
	N int `dynamo:"num"`
}

func thingAt(n int) thing {
	return thing{Row: store.NewRow(store.In("ten_1", "THING"), store.At(name(n)), 1, 1), N: n}
}

func name(n int) string {
	return string([]byte{'a' + byte(n/26/26), 'a' + byte(n/26%26), 'a' + byte(n%26)})
}

// commit writes items in an act.
func commit(ctx context.Context, acts *store.Acts, id string, items ...thing) error {
	act := &op.Act{ID: id, Tenant: "ten_1", Operation: spec.ID, Principal: "usr_1", At: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Status: 200}
	for _, i := range items {
		act.Write(store.Create("finance", i, op.ErrConflict))
	}
	return acts.Commit(ctx, &spec, act)
}

var spec = op.Spec{ID: "finance.test", Kind: op.Command, Access: []op.Access{{Table: "finance", Do: op.Get | op.List | op.Put | op.Update}}}

// A store that does not answer is told from a defect: whoever asks learns that asking again makes sense.
func TestAStoreThatDoesNotAnswer(t *testing.T) {
	key := store.Key{Table: "finance", PK: store.In("ten_1", "THING"), SK: store.At("aaa")}
	for what, call := range map[string]func(ctx context.Context, db *store.DB) error{
		"load": func(ctx context.Context, db *store.DB) error {
			_, _, err := store.Load[thing](ctx, db, key)
			return err
		},
		"load all": func(ctx context.Context, db *store.DB) error {
			return db.LoadAll(ctx, &store.Want{Key: key, Into: &thing{}})
		},
		"scan": func(ctx context.Context, db *store.DB) error {
			_, _, err := store.Scan[thing](ctx, db, store.Range{Table: "finance", PK: key.PK})
			return err
		},
		"sums": func(ctx context.Context, db *store.DB) error {
			_, err := db.ScanNumbers(ctx, store.Range{Table: "finance", PK: key.PK, Prefix: &key.SK})
			return err
		},
		"count":    func(ctx context.Context, db *store.DB) error { _, err := db.Count(ctx, key, 1); return err },
		"sequence": func(ctx context.Context, db *store.DB) error { _, err := db.Sequence(ctx, key); return err },
		"pending": func(ctx context.Context, db *store.DB) error {
			_, err := db.PendingActs(ctx, "finance", "ten_1", 9)
			return err
		},
		"count pending": func(ctx context.Context, db *store.DB) error {
			_, _, err := db.CountPending(ctx, "finance", "ten_1")
			return err
		},
		"tenants": func(ctx context.Context, db *store.DB) error { _, err := db.Waiting(ctx, "finance"); return err },
		"find": func(ctx context.Context, db *store.DB) error {
			_, err := store.NewActs(db, nil).Find(ctx, &spec, "ten_1", "k")
			return err
		},
		"commit": func(ctx context.Context, db *store.DB) error {
			return commit(ctx, store.NewActs(db, nil), "act_1", thingAt(1))
		},
		"put": func(ctx context.Context, db *store.DB) error {
			_, err := db.PutOver(ctx, "finance", thingAt(1), 0)
			return err
		},
		"out of time": func(ctx context.Context, db *store.DB) error {
			ctx, stop := context.WithTimeout(ctx, time.Nanosecond)
			defer stop()
			_, _, err := store.Load[thing](ctx, db, key)
			return err
		},
		"audit chain": func(ctx context.Context, db *store.DB) error {
			_, err := db.VerifyChain(ctx, "finance", "ten_1")
			return err
		},
		"bare commit": func(ctx context.Context, db *store.DB) error { return commit(ctx, store.NewActs(db, nil), "act_2") },
	} {
		for _, kind := range []faults.Kind{faults.DroppedBefore, faults.ServerError, faults.Throttled} {
			t.Run(what+" "+kind.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					db, tr := failing(t)
					tr.Outage(kind, 1, 1<<40)
					if err := call(faults.In(t.Context(), "caller"), db); !fault.OfKind(err, fault.Unavailable) {
						t.Errorf("%v", err)
					}
				})
			})
		}
	}
}

func failing(t *testing.T) (*store.DB, *faults.Transport) {
	t.Helper()
	tr := faults.New(storetest.Engine(t).RoundTripper(), 1, faults.Rates{}, nil)
	return storetest.On(t, tr), tr
}

// An act whose commit was not answered is announced all the same: it may be there. One that was refused is not.
func TestAnUnansweredCommitIsAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, tr := failing(t)
		var told []string
		acts := store.NewActs(db, func(_, _, act string) { told = append(told, act) })
		tr.Outage(faults.AnswerLost, 1, 1<<40)
		if err := commit(faults.In(t.Context(), "caller"), acts, "act_lost", thingAt(1)); !fault.OfKind(err, fault.Unavailable) {
			t.Errorf("%v", err)
		}
		tr.Stop()
		waiting, err := db.PendingActs(t.Context(), "finance", "ten_1", 9)
		if err != nil || len(waiting) != 1 || len(told) != 1 || told[0] != "act_lost" {
			t.Errorf("%d acts wait, told of %v: %v", len(waiting), told, err)
		}
		if err := commit(t.Context(), acts, "act_refused", thingAt(1)); err == nil || len(told) != 1 {
			t.Errorf("refused with %v, told of %v", err, told)
		}
	})
}
