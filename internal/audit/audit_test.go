package audit_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"backoffice/internal/audit"
	"backoffice/internal/audit/audittest"
	"backoffice/internal/audit/diskroots"
	"backoffice/internal/clock"
	"backoffice/internal/id"
	"backoffice/internal/op"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

var (
	begin  = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	tables = []string{"finance", "platform"}
	both   = []string{"ten_1", "ten_2"}
)

// kept is a store whose chains are anchored in a directory.
type kept struct {
	*testing.T
	db   *store.DB
	dir  string
	book *audit.Book
	day  int
}

func newKept(t *testing.T) *kept {
	t.Helper()
	k := &kept{T: t, db: storetest.Open(t), dir: t.TempDir()}
	k.book = audit.NewBook(diskroots.Open(k.dir), diskroots.KeyOf(k.dir), store.NewChain(k.db))
	return k
}

// acts commits acts of a tenant in the ledger, and has each of them chained in a link of its own.
func (k *kept) acts(tenant string, n int) {
	k.Helper()
	k.actsOf(&op.Spec{ID: "finance.test", Kind: op.Command}, tenant, n)
}

func (k *kept) actsOf(spec *op.Spec, tenant string, n int) {
	k.Helper()
	for range n {
		act := &op.Act{ID: id.NewSource(clock.Fixed(begin), nil).New("act"), Tenant: tenant, Operation: spec.ID, Principal: "usr_1", At: begin, Status: 200}
		act.Record("rec_1", 1)
		if err := store.NewActs(k.db, nil).Commit(k.Context(), spec, act); err != nil {
			k.Fatal(err)
		}
		if err := relay.New(k.db, nil).Drain(k.Context(), spec.Domain(), tenant); err != nil {
			k.Fatal(err)
		}
	}
}

// anchor anchors on the next day.
func (k *kept) anchor() audit.Anchored {
	k.Helper()
	k.day++
	a, err := k.book.Anchor(k.Context(), tables, both, begin.AddDate(0, 0, k.day))
	if err != nil {
		k.Fatal(err)
	}
	return a
}

func (k *kept) hold(after int) audit.Held {
	k.Helper()
	h, err := k.book.Hold(k.Context(), after)
	if err != nil {
		k.Fatal(err)
	}
	return h
}

func (k *kept) root(n int) string { return filepath.Join(k.dir, "audit", audit.FileName(n)) }

// three are roots over links 1 to 3, 4, and 5 to 6 of one tenant, and a link of another in the second.
func three(t *testing.T) *kept {
	t.Helper()
	k := newKept(t)
	k.acts("ten_1", 3)
	k.anchor()
	k.acts("ten_1", 1)
	k.acts("ten_2", 1)
	k.anchor()
	k.acts("ten_1", 2)
	k.anchor()
	return k
}

// A root holds what has come since the last; where nothing has, there is none. Each is found to hold, from any of them on.
func TestRootsHoldWhatHasComeSince(t *testing.T) {
	k := newKept(t)
	if a := k.anchor(); a.Root != 0 || a.Roots != 0 {
		t.Errorf("roots over nothing: %+v", a)
	}
	k.acts("ten_1", 3)
	if a := k.anchor(); a.Root != 1 || a.Roots != 1 || a.Links != 3 || a.Acts != 3 {
		t.Errorf("first: %+v", a)
	}
	if a := k.anchor(); a.Root != 1 || a.Roots != 0 {
		t.Errorf("a root over nothing new: %+v", a)
	}
	k.acts("ten_1", 1)
	k.acts("ten_2", 1)
	if a := k.anchor(); a.Root != 2 || a.Roots != 1 || a.Links != 2 {
		t.Errorf("second: %+v", a)
	}
	if h := k.hold(0); !h.Holds || h.Roots != 2 || h.Links != 5 || h.Last != 2 || h.More {
		t.Errorf("held: %+v", h)
	}
	if h := k.hold(1); !h.Holds || h.Roots != 1 || h.Links != 2 {
		t.Errorf("held from the first on: %+v", h)
	}
}

// The last root tells where every chain goes on, also one that has not grown since, and one whose tenant nobody names any more;
// and that tenant's chains in other tables.
func TestTheLastRootTellsWhereEveryChainGoesOn(t *testing.T) {
	k := three(t)
	for _, n := range []int{1, 2} {
		if err := os.Rename(k.root(n), filepath.Join(k.dir, fmt.Sprint(n))); err != nil {
			t.Fatal(err)
		}
	}
	k.acts("ten_1", 1)
	k.acts("ten_2", 1)
	k.actsOf(&op.Spec{ID: "platform.test", Kind: op.Command}, "ten_2", 1)
	a, err := k.book.Anchor(k.Context(), tables, nil, begin)
	if err != nil || a.Root != 4 || a.Links != 3 || len(a.Broken) > 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	for _, n := range []int{1, 2} {
		if err := os.Rename(filepath.Join(k.dir, fmt.Sprint(n)), k.root(n)); err != nil {
			t.Fatal(err)
		}
	}
	if h := k.hold(0); !h.Holds || h.Links != 10 {
		t.Errorf("%+v", h)
	}
}

// Chains that were changed, cut or rewritten whole, so that they verify by themselves, are named with their first link, its
// act and the day; and when it is anchored the next time, that is seen at once, and the other chains go on.
func TestChangedChainsAreNamed(t *testing.T) {
	forge := func(at int) func(k *kept) string {
		return func(k *kept) (act string) {
			audittest.Rewrite(k, k.db, "finance", "ten_1", func(link int, acts []store.ChainedAct) {
				if link == at {
					act = acts[0].Act
					acts[0].Record = "rec_forged"
				}
			})
			return fmt.Sprintf("link %d with act %s is not what was anchored", at, act)
		}
	}
	for name, tamper := range map[string]func(*kept) string{
		"the first link rewritten": forge(1),
		"a middle link rewritten":  forge(4),
		"the last link rewritten":  forge(6),
		"the end cut off":          func(k *kept) string { audittest.Cut(k, k.db, "finance", "ten_1", 4); return "link 5 is missing" },
	} {
		t.Run(name, func(t *testing.T) {
			k := three(t)
			want := tamper(k)
			if _, err := k.db.VerifyChain(t.Context(), "finance", "ten_1"); err != nil {
				t.Fatalf("the chain does not verify by itself: %v", err)
			}
			h := k.hold(0)
			if h.Holds || len(h.Broken) != 1 || h.Broken[0].Tenant != "ten_1" || !strings.Contains(h.Broken[0].What, want) || !strings.Contains(h.Broken[0].What, "2026-11-2") {
				t.Errorf("held: %+v; want %s", h, want)
			}
			k.acts("ten_2", 1)
			a := k.anchor()
			if len(a.Broken) != 1 || a.Broken[0].Tenant != "ten_1" || a.Links != 1 {
				t.Errorf("anchored: %+v", a)
			}
			if h := k.hold(3); !h.Holds {
				t.Errorf("the other chain: %+v", h)
			}
		})
	}
}

// What does not follow what was anchored is no part of a root, whatever it says of itself.
func TestAChainThatDoesNotGoOnIsNotAnchored(t *testing.T) {
	k := three(t)
	k.acts("ten_1", 2)
	audittest.Rewrite(k, k.db, "finance", "ten_1", func(link int, acts []store.ChainedAct) {
		if link == 2 {
			acts[0].Record = "rec_forged"
		}
	})
	if a := k.anchor(); a.Root != 3 || a.Roots != 0 || len(a.Broken) != 1 || !strings.Contains(a.Broken[0].What, "link 6") {
		t.Errorf("%+v", a)
	}
}

// A root that was changed, taken away from among the others, or put in another's place is named, and nothing is built on a
// last one that was.
func TestSpoiltRootsAreNamed(t *testing.T) {
	for name, spoilt := range map[string]struct {
		at    int
		spoil func(k *kept) error
		last  bool // whether it is the root that the next would be built on
	}{
		"changed": {at: 2, spoil: func(k *kept) error { return swap(k.root(2), `"acts": 1`, `"acts": 9`) }},
		"missing": {at: 2, spoil: func(k *kept) error { return os.Remove(k.root(2)) }},
		"first":   {at: 1, spoil: func(k *kept) error { return os.Remove(k.root(1)) }},
		"unknown": {at: 1, spoil: func(k *kept) error { return swap(k.root(1), `"number": 1`, `"number": 1, "note": "x"`) }},
		"another": {at: 3, last: true, spoil: func(k *kept) error { return copyOf(k.root(2), k.root(3)) }},
		"signed by another": {at: 3, last: true, spoil: func(k *kept) error {
			other := three(k.T)
			return copyOf(other.root(3), k.root(3))
		}},
		"rewritten": {at: 3, spoil: func(k *kept) error { // by whoever has the key: the next one gives it away
			raw, err := os.ReadFile(k.root(2))
			if err != nil {
				return err
			}
			var r audit.Root
			if err := json.Unmarshal(raw, &r); err != nil {
				return err
			}
			if err := errors.Join(os.Rename(k.root(2), k.root(2)+".was"), os.Rename(k.root(3), k.root(3)+".was")); err != nil {
				return err
			}
			k.anchor()
			return errors.Join(os.Rename(k.root(3)+".was", k.root(3)))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			k := three(t)
			if err := spoilt.spoil(k); err != nil {
				t.Fatal(err)
			}
			h := k.hold(0)
			if at := fmt.Sprintf("audit root %d ", spoilt.at); h.Holds || len(h.BadRoots) != 1 || !strings.HasPrefix(h.BadRoots[0], at) {
				t.Errorf("%+v", h)
			}
			k.acts("ten_1", 1)
			_, err := k.book.Anchor(t.Context(), tables, both, begin)
			if bad := (*audit.BadRootError)(nil); errors.As(err, &bad) != spoilt.last {
				t.Errorf("anchoring: %v", err)
			}
		})
	}
}

func swap(path, from, to string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !strings.Contains(string(raw), from) {
		return fmt.Errorf("%s holds no %s", path, from)
	}
	return os.WriteFile(path, []byte(strings.Replace(string(raw), from, to, 1)), 0o600)
}

func copyOf(from, to string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, raw, 0o600)
}

// Roots of the first format, which hold only the chains that had grown and are signed whole, are read as ever, and go on in the
// present one.
func TestRootsOfTheFirstFormat(t *testing.T) {
	k := newKept(t)
	k.acts("ten_1", 2)
	first := k.oldRoot(1, "", k.oldChain("ten_1", 0, 2))
	k.acts("ten_2", 1)
	k.oldRoot(2, first, k.oldChain("ten_2", 0, 1))
	k.acts("ten_1", 1)
	if a := k.anchor(); a.Root != 3 || a.Links != 1 {
		t.Errorf("on top: %+v", a)
	}
	if h := k.hold(0); !h.Holds || h.Roots != 3 || h.Links != 4 {
		t.Errorf("held: %+v", h)
	}
	if err := swap(k.root(1), `"acts": 2`, `"acts": 3`); err != nil {
		t.Fatal(err)
	}
	if h := k.hold(0); len(h.BadRoots) != 1 || !strings.HasPrefix(h.BadRoots[0], "audit root 1 ") {
		t.Errorf("changed: %+v", h)
	}
}

func (k *kept) oldChain(tenant string, after, links int) audit.Chain {
	k.Helper()
	read, err := k.db.Links(k.Context(), "finance", tenant, after, links)
	if err != nil || len(read) != links {
		k.Fatal(err, len(read))
	}
	c := audit.Chain{Table: "finance", Tenant: tenant, After: after, Acts: links}
	for _, l := range read {
		c.Links = append(c.Links, l.Hash)
	}
	return c
}

// oldRoot writes a root as the first format has it, and gives its hash.
func (k *kept) oldRoot(n int, before string, c audit.Chain) string {
	k.Helper()
	r := audit.Root{Format: 1, Number: n, At: begin, Before: before, Chains: []audit.Chain{c}}
	unsigned, err := json.Marshal(r)
	if err != nil {
		k.Fatal(err)
	}
	if r.Signature, err = diskroots.KeyOf(k.dir).Sign(k.Context(), unsigned); err != nil {
		k.Fatal(err)
	}
	raw, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		k.Fatal(err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(k.root(n)), 0o700), os.WriteFile(k.root(n), raw, 0o600)); err != nil {
		k.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// laidOver is a shelf that knows of something laid over a root, and reads the root all the same.
type laidOver struct {
	audit.Shelf
	number int
}

func (l laidOver) List(ctx context.Context) ([]audit.Kept, error) {
	kept, err := l.Shelf.List(ctx)
	if err == nil {
		kept[l.number-1].Touched = "was written over"
	}
	return kept, err
}

// Who lays something over a root is told of, and hides nothing by it: the chains are held against the root as it was written.
func TestWhatIsLaidOverARootHidesNothing(t *testing.T) {
	k := three(t)
	audittest.Cut(t, k.db, "finance", "ten_1", 5)
	k.book = audit.NewBook(laidOver{diskroots.Open(k.dir), 2}, diskroots.KeyOf(k.dir), store.NewChain(k.db))
	h := k.hold(0)
	if h.Holds || !slices.Equal(h.BadRoots, []string{"audit root 2 was written over"}) || h.Roots != 3 || len(h.Broken) != 1 || !strings.Contains(h.Broken[0].What, "link 6 is missing") {
		t.Errorf("%+v", h)
	}
}

// meeting is a shelf on which two writers meet: each has made its root before either writes it.
type meeting struct {
	audit.Shelf
	here sync.WaitGroup
}

func (m *meeting) Put(ctx context.Context, number int, raw []byte) error {
	if number == 2 {
		m.here.Done()
		m.here.Wait()
	}
	return m.Shelf.Put(ctx, number, raw)
}

// Of two that anchor at once one writes the root, and the other finds nothing left to do.
func TestTwoAnchorAtOnce(t *testing.T) {
	k := newKept(t)
	k.acts("ten_1", 2)
	k.anchor()
	k.acts("ten_1", 3)
	m := &meeting{Shelf: diskroots.Open(k.dir)}
	m.here.Add(2)
	var done sync.WaitGroup
	out := make([]audit.Anchored, 2)
	for i := range out {
		book := audit.NewBook(m, diskroots.KeyOf(k.dir), store.NewChain(k.db))
		done.Go(func() {
			var err error
			if out[i], err = book.Anchor(t.Context(), tables, []string{"ten_1"}, begin.Add(time.Duration(i)*time.Second)); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	slices.SortFunc(out, func(a, b audit.Anchored) int { return a.Roots - b.Roots })
	if out[0].Roots != 0 || out[0].Root != 2 || out[1].Roots != 1 || out[1].Root != 2 || out[1].Links != 3 {
		t.Errorf("%+v", out)
	}
	if h := k.hold(0); !h.Holds || h.Roots != 2 || h.Links != 5 {
		t.Errorf("%+v", h)
	}
}

// lossy loses the answer to the first write: what was written stands, and whoever wrote it does not know.
type lossy struct {
	audit.Shelf
	again bool // whether the write is repeated below, as a client does, so that it meets itself
	lost  bool
}

var errLost = errors.New("no answer")

func (l *lossy) Put(ctx context.Context, number int, raw []byte) error {
	err := l.Shelf.Put(ctx, number, raw)
	if err != nil || l.lost {
		return err
	}
	l.lost = true
	if l.again {
		return l.Shelf.Put(ctx, number, raw)
	}
	return errLost
}

// When the answer to a write is lost, the root is there once: the client's own repetition finds it to be its own, and the next
// call of the job finds nothing new.
func TestALostAnswer(t *testing.T) {
	for _, again := range []bool{true, false} {
		k := newKept(t)
		k.acts("ten_1", 3)
		book := audit.NewBook(&lossy{Shelf: diskroots.Open(k.dir), again: again}, diskroots.KeyOf(k.dir), store.NewChain(k.db))
		a, err := book.Anchor(t.Context(), tables, both, begin)
		if again && (err != nil || a.Roots != 1 || a.Links != 3) || !again && !errors.Is(err, errLost) {
			t.Errorf("repeated %v: %+v, %v", again, a, err)
		}
		if a := k.anchor(); a.Root != 1 || a.Roots != 0 {
			t.Errorf("the next call: %+v", a)
		}
		if h := k.hold(0); !h.Holds || h.Roots != 1 || h.Links != 3 {
			t.Errorf("%+v", h)
		}
	}
}

// Names of files are read back, and nothing else is taken for a root.
func TestFileNames(t *testing.T) {
	for _, n := range []int{1, 999_999, 1_000_000} {
		if got, ok := audit.NumberOf(audit.FileName(n)); !ok || got != n {
			t.Errorf("%d became %d", n, got)
		}
	}
	for _, name := range []string{"", ".json", "1.json", "000000.json", "-00001.json", "000001", "000001.json.part", "00001a.json"} {
		if n, ok := audit.NumberOf(name); ok {
			t.Errorf("%q is taken for root %d", name, n)
		}
	}
}
