package verify_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/infra/onprem/verify"
	"backoffice/internal/catalog"
	"backoffice/internal/clock"
	"backoffice/internal/config"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/ddb"
	"backoffice/internal/jobs"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/prooftest/faults"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

// film is what the tables held after each transaction, the commits of acts and the relay's settling alike.
type film struct {
	t      *testing.T
	sys    *rehearsal.System
	tenant *rehearsal.Tenant
	take   func()

	mu     sync.Mutex
	frames []instant
}

// shoot carries a call to the store; one transaction waits for another, and for the picture.
func (f *film) shoot(next http.RoundTripper) http.RoundTripper {
	return trip(func(r *http.Request) (*http.Response, error) {
		if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
			return next.RoundTrip(r)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		answer, err := next.RoundTrip(r)
		if err == nil && answer.StatusCode == http.StatusOK && f.take != nil {
			f.take()
		}
		return answer, err
	})
}

type trip func(*http.Request) (*http.Response, error)

func (t trip) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// roll plays operations whose acts write in several tables, from books that are there.
func roll(t *testing.T) *film {
	t.Helper()
	engine, err := ddb.Open(ddb.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	f := &film{t: t}
	if f.sys, err = rehearsal.Open(t.Context(), rehearsal.Options{Transport: f.shoot(engine.RoundTripper()),
		Random: faults.Chance(1, "ids"), Secrets: faults.Chance(1, "secrets")}); err != nil {
		t.Fatal(err)
	}
	if f.tenant, err = f.sys.Tenant(t.Context()); err != nil {
		t.Fatal(err)
	}
	play(t, f.sys, f.tenant, "finance.record-journal")
	plain := store.Open(storetest.Config(engine.RoundTripper()), config.TablePrefixDefault)
	f.take = func() { f.frames = append(f.frames, tablesNow(t, plain)) }
	f.take()
	for _, id := range []string{"migration.reverse-journals", "finance.create-party", "finance.rebuild-projections", "finance.reverse-journal", "platform.create-user"} {
		play(t, f.sys, f.tenant, id)
	}
	return f
}

// cells are the rows of all tables by table and key.
func (in instant) cells() map[string]cell {
	out := map[string]cell{}
	for table, rows := range in {
		for _, r := range rows {
			out[table+" "+at(r, "pk")+" / "+at(r, "sk")] = cell{table, r}
		}
	}
	return out
}

type cell struct {
	table string
	row   row
}

func (c cell) equal(o cell) bool { return fmt.Sprint(plain(c.row)) == fmt.Sprint(plain(o.row)) }

func plain(v any) any {
	switch v := v.(type) {
	case row:
		out := map[string]any{}
		for k, e := range v {
			out[k] = plain(e)
		}
		return out
	case *types.AttributeValueMemberM:
		return plain(v.Value)
	case *types.AttributeValueMemberL:
		out := make([]any, len(v.Value))
		for i, e := range v.Value {
			out[i] = plain(e)
		}
		return out
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	case *types.AttributeValueMemberB:
		return v.Value
	case *types.AttributeValueMemberBOOL:
		return v.Value
	case *types.AttributeValueMemberNS:
		return v.Value
	case *types.AttributeValueMemberSS:
		return v.Value
	}
	return fmt.Sprintf("%T", v)
}

// torn mixes instants: what differs between them is of one or the other, by table or by item.
func torn(r *rand.Rand, between []instant, byItem bool) instant {
	all := make([]map[string]cell, len(between))
	names := map[string]bool{}
	for i, in := range between {
		all[i] = in.cells()
		for name := range all[i] {
			names[name] = true
		}
	}
	pick := map[string]int{}
	for _, d := range catalog.Domains() {
		pick[d.Name] = r.IntN(len(between))
	}
	out := instant{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		table, _, _ := strings.Cut(name, " ")
		i := pick[table]
		if byItem {
			i = r.IntN(len(between))
		}
		if c, there := all[i][name]; there {
			out[c.table] = append(out[c.table], c.row)
		}
	}
	return out
}

func order() verify.Order {
	return verify.Order{By: "Rona Muir", Reason: "Restore", From: "r2", Clock: clock.Fixed(rehearsal.Begin())}
}

// However the transactions of a stretch of time are torn, by tables or by single items: after mending, and making the projections
// anew, the books verify, or the mending has named what it could not do; and it has changed nothing else.
func TestMending(t *testing.T) {
	f := roll(t)
	for _, seed := range faults.Seeds(t, 1, 1) {
		f.rounds(t, seed)
	}
}

func (f *film) rounds(t *testing.T, seed uint64) {
	t.Helper()
	r := faults.Choices(seed, "mending")
	t.Logf("seed %d, %d transactions", seed, len(f.frames)-1)
	mended, left := 0, 0
	for round := range 40 {
		first, span := r.IntN(len(f.frames)-1), 1+r.IntN(3)
		last := min(first+span, len(f.frames)-1)
		later := last
		if round%3 == 2 {
			later = min(last+r.IntN(4), len(f.frames)-1)
		}
		name := fmt.Sprintf("round %d: instants %d to %d, by item %v, from %d", round, first, last, round%2 == 1, later)
		engine, db := restored(t, all(torn(r, f.frames[first:last+1], round%2 == 1), nil))
		_, from := restored(t, all(f.frames[later], nil))
		before := tablesNow(t, db)
		m, err := verify.Mend(t.Context(), db, from, order())
		if err != nil {
			t.Fatal(name, err)
		}
		f.only(name, before, tablesNow(t, db), f.frames[later], m)
		again, err := verify.Mend(t.Context(), db, from, order())
		if err != nil || len(again.Done) > 0 {
			t.Errorf("%s: a second mending: %v, %v", name, again.Done, err)
		}
		if len(m.Done) > 0 {
			mended++
		}
		blocked := slices.DeleteFunc(slices.Clone(m.Left), func(d verify.Defect) bool { return strings.HasPrefix(d.What, "such items") })
		if later == first+1 && len(blocked) > 0 {
			t.Errorf("%s: of one transaction, with what it left at hand, not all is mended: %v", name, blocked)
		}
		if len(blocked) > 0 {
			left++
			continue
		}
		f.anew(engine)
		if found := defects(t, db); len(found) > 0 {
			t.Errorf("%s: after mending\n%v\nleft %v\nthere is still\n%s", name, m.Done, m.Left, strings.Join(found, "\n"))
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d mended, %d left in part", mended, left)
	if mended < 12 {
		t.Error("the rounds show too little")
	}
}

// only holds what a mending changed against what it says.
func (f *film) only(name string, before, after, later instant, m verify.Mending) {
	f.t.Helper()
	was, is, from := before.cells(), after.cells(), later.cells()
	said := map[string]bool{}
	for _, d := range m.Done {
		said[d.Record] = true
	}
	for place, c := range is {
		if was[place].row != nil && was[place].equal(c) {
			continue
		}
		trace := at(c.row, "op") == verify.MendOperation || strings.Contains(place, "|ACT|") && strings.Contains(place, "/ P|") && from[place].row == nil
		delete(said, place)
		switch kind := strings.Split(place, "|"); {
		case trace:
		case !slices.ContainsFunc(m.Done, func(d verify.Mended) bool { return d.Record == place }):
			f.t.Errorf("%s: %s was changed, and nobody said so", name, place)
		case slices.Contains([]string{"ACT", "NUM"}, kind[1]) || strings.HasSuffix(place, "/ HEAD"):
		case !from[place].equal(c):
			f.t.Errorf("%s: %s is not what the later copy has", name, place)
		}
	}
	for place := range was {
		if is[place].row == nil {
			f.t.Errorf("%s: %s is gone", name, place)
		}
	}
	if len(said) > 0 {
		f.t.Errorf("%s: it was said that these were mended: %v", name, slices.Collect(maps.Keys(said)))
	}
}

// anew has the projections of restored tables made anew, as an operator would.
func (f *film) anew(engine *ddb.Engine) {
	f.t.Helper()
	s, err := rehearsal.Open(f.t.Context(), rehearsal.Options{Transport: engine.RoundTripper(), Clock: ticking(f.sys.Clock())})
	if err != nil {
		f.t.Fatal(err)
	}
	var job jobs.View
	must := func(err error) {
		f.t.Helper()
		if err != nil {
			f.t.Fatal(err)
		}
	}
	run := func(id string, from int) {
		f.t.Helper()
		for out := (jobs.Outcome{Step: from}); !out.Ended; {
			must(invoke(f.t, s, "finance.rebuild-step", f.tenant.ID, fmt.Sprintf("%s#%d", id, out.Step), jobs.StepIn{Job: id, Step: out.Step}, &out))
		}
	}
	active, err := platformdb.NewJobs(s.DB).Active(f.t.Context())
	must(err)
	for _, j := range active { // one that was under way comes to its end first
		if j.Task == "finance.rebuild-step" {
			run(j.ID, j.Step)
		}
	}
	must(invoke(f.t, s, "finance.begin-rebuild", f.tenant.ID, "again", map[string]string{"reason": "Restored"}, &job))
	run(job.ID, 0)
	must(s.Settle(f.t.Context(), f.tenant.ID))
}
