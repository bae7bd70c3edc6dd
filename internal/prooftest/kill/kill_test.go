package kill

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"backoffice/internal/prooftest/faults"
)

const (
	killsInRun = 20
	killsShort = 4
	workers    = 4
	// A life ends after so many acknowledged journals at most, and a moment more of at most momentMax.
	journalsInLife = 30
	momentMax      = 15 * time.Millisecond

	email, password = "ailsa.kerr@example.com", "slate-otter-winds-north"
)

// The system is killed in the middle of its work, many times, and everything that it had acknowledged is there: each journal
// once, whole, and in the balances; what it had not acknowledged is there whole or not at all.
func TestKilledInMidLoad(t *testing.T) {
	kills := killsInRun
	if testing.Short() {
		kills = killsShort
	}
	r := newRun(t, nil)
	for n := range kills {
		r.life(n)
	}
	for _, f := range r.findings() {
		t.Errorf("seed %d: %s", r.seed, f)
	}
	if r.acknowledged() < kills {
		t.Errorf("%d journals in %d lives: too few to prove anything", r.acknowledged(), kills)
	}
	t.Logf("seed %d: %d kills, %d journals acknowledged, %d never answered", r.seed, kills, r.acknowledged(), len(r.ledger.intents)-r.acknowledged())
}

// A store that lost one acknowledged journal would be found out.
func TestPlantedLossIsFound(t *testing.T) {
	r := newRun(t, nil, variablePlant+"=7")
	r.life(0)
	found := r.findings()
	if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, "was acknowledged and is not in the listing") }) {
		t.Errorf("of %d acknowledged journals one was lost; found was %q", r.acknowledged(), found)
	}
}

// run is a sequence of lives over one data directory.
type run struct {
	t         *testing.T
	seed      uint64
	dice      *rand.Rand
	dir, addr string
	more      []string // what the process is told beyond its directory and address
	process   *process
	store     *storage // of its own process; nil when the system keeps its own
	api       *api
	ledger    *ledger
	workers   []*worker
	entity    string
}

// newRun starts the system for the first time and sets an entity up in it.
func newRun(t *testing.T, apart *storage, more ...string) *run {
	t.Helper()
	// The seed is that of the kills' moments; the machine's own chance has its part all the same.
	r := &run{t: t, seed: faults.Seeds(t, 1, 1)[0], dir: t.TempDir(), addr: keptAddr(t), store: apart, more: more, ledger: newLedger(t)}
	r.dice = rand.New(rand.NewPCG(r.seed, 0))
	r.start()
	t.Cleanup(func() { r.process.end() })
	r.api.must(t, http.MethodPost, "/platform/v1/first-administrator", "claim", map[string]string{"code": r.process.code, "organisation": "Thistle & Rowan Ltd", "name": "Ailsa Kerr", "email": email, "password": password}, nil)
	r.signIn()
	var e struct{ ID string }
	r.api.must(t, http.MethodPost, "/finance/v1/entities", "entity", map[string]any{"name": "Thistle & Rowan Ltd", "baseCurrency": "GBP", "fiscalYearStart": 4, "chart": "uk-frs102-small"}, &e)
	r.entity = e.ID
	r.api.must(t, http.MethodPost, "/finance/v1/fiscal-years", "year", map[string]string{"entity": e.ID, "start": "2026-04"}, nil)
	for n := range workers {
		r.workers = append(r.workers, &worker{name: fmt.Sprintf("worker-%d", n), dice: rand.New(rand.NewPCG(r.seed, uint64(n)+1)), entity: e.ID})
	}
	return r
}

func (r *run) start() {
	r.t.Helper()
	r.process = start(r.t, r.dir, r.addr, r.more...)
	token := ""
	if r.api != nil {
		token = r.api.token
	}
	r.api = &api{addr: r.addr, token: token, http: client(), now: r.process, apart: r.store != nil}
}

func (r *run) signIn() {
	r.t.Helper()
	var tokens struct{ AccessToken string }
	r.api.must(r.t, http.MethodPost, "/platform/v1/sessions", "session", map[string]string{"email": email, "password": password}, &tokens)
	r.api.token = tokens.AccessToken
}

// life has workers post until the process is killed, at a moment that chance chooses, and starts the next one.
func (r *run) life(n int) {
	r.t.Helper()
	r.load(n, func() { r.process.kill(r.t, r.addr) })
	r.start()
	r.signIn()
}

// load has workers post until chance says that it is enough, and strikes while they are at it; they end with what they have
// under way.
func (r *run) load(n int, strike func()) {
	r.t.Helper()
	after, moment := int64(1+r.dice.IntN(journalsInLife)), time.Duration(r.dice.Int64N(int64(momentMax)))
	var posted atomic.Int64
	var struck atomic.Bool
	enough := make(chan struct{})
	tick := func() {
		if posted.Add(1) == after {
			close(enough)
		}
	}
	var all sync.WaitGroup
	stopped := make(chan struct{})
	for _, w := range r.workers {
		all.Go(func() { w.work(r.api, r.ledger, tick, &struck) })
	}
	go func() { all.Wait(); close(stopped) }()
	select {
	case <-enough:
		<-time.After(moment)
	case <-stopped:
		r.t.Fatalf("life %d: the workers stopped by themselves: %v\n%s", n, r.ledger.wrong, &r.process.logs)
	}
	strike()
	struck.Store(true)
	<-stopped
}

func (r *run) acknowledged() int {
	n := 0
	for _, i := range r.ledger.intents {
		if i.ID != "" {
			n++
		}
	}
	return n
}

// patience is how long the relay may take to take up what waits: it ends a test that would never end, and tells nothing of speed.
const patience = 10 * time.Minute

// findings reads everything back from the last life and compares it with what is known outside.
func (r *run) findings() []string {
	r.t.Helper()
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, err := range r.ledger.wrong {
		say("%v", err)
	}
	listed := r.listing()
	total, numbers := 0, map[string]bool{}
	for key, all := range listed {
		i := r.ledger.intents[key]
		switch {
		case i == nil:
			say("nobody asked for %q", key)
			continue
		case len(all) != 1:
			say("%s is there %d times", key, len(all))
		case i.ID != "" && all[0].ID != i.ID:
			say("%s was acknowledged as %s and is there as %s", key, i.ID, all[0].ID)
		case minor(all[0].Total.Amount) != i.Minor:
			say("%s is there with %s instead of %d", key, all[0].Total.Amount, i.Minor)
		}
		for _, j := range all {
			total += minor(j.Total.Amount)
			if numbers[j.Number] || j.Number == "" {
				say("number %q is there twice", j.Number)
			}
			numbers[j.Number] = true
		}
	}
	for key, i := range r.ledger.intents {
		if i.ID == "" {
			continue
		}
		if len(listed[key]) == 0 {
			say("%s was acknowledged and is not in the listing", key)
		}
		if f := r.readBack(i); f != "" {
			say("%s", f)
		}
	}
	debit, credit := r.trialBalance()
	if debit != total || credit != total {
		say("the trial balance shows %d and %d, the journals sum to %d", debit, credit, total)
	}
	slices.Sort(out)
	return out
}

// readBack reads one acknowledged journal and says what is wrong with it.
func (r *run) readBack(i *intent) string {
	var j struct {
		Description, State string
		Lines              []struct{ Debit, Credit *struct{ Amount string } }
	}
	if err := r.api.insist(http.MethodGet, "/finance/v1/journals/"+i.ID, "", nil, &j); err != nil {
		return fmt.Sprintf("%s: %v", i.Key, err)
	}
	if j.Description != i.Key || j.State != "posted" || len(j.Lines) != 2 || minor(j.Lines[0].Debit.Amount) != i.Minor || minor(j.Lines[1].Credit.Amount) != i.Minor {
		return fmt.Sprintf("%s is there as %+v", i.Key, j)
	}
	return ""
}

type listedJournal struct {
	ID, Number, Description string
	Total                   struct{ Amount string }
}

// listing reads the journal listing to its end, once nothing waits any more.
func (r *run) listing() map[string][]listedJournal {
	r.t.Helper()
	r.settled()
	out := map[string][]listedJournal{}
	cursor := ""
	for {
		var page struct {
			Data []listedJournal
			Page struct{ Next string }
		}
		r.api.must(r.t, http.MethodGet, "/finance/v1/reports/journal-listing?entity="+r.entity+"&from=2026-04-01&asOf=2027-03-31&limit=200"+cursor, "", nil, &page)
		for _, j := range page.Data {
			out[j.Description] = append(out[j.Description], j)
		}
		if page.Page.Next == "" {
			return out
		}
		cursor = "&cursor=" + page.Page.Next
	}
}

type trialBalance struct {
	Debit, Credit struct{ Amount string }
	Pending       struct{ Acts int }
}

func (r *run) readTrialBalance() trialBalance {
	r.t.Helper()
	var tb trialBalance
	r.api.must(r.t, http.MethodGet, "/finance/v1/reports/trial-balance?entity="+r.entity+"&asOf=2026-04-30", "", nil, &tb)
	return tb
}

// settled waits until the relay has taken up what earlier lives left.
func (r *run) settled() {
	r.t.Helper()
	deadline := time.Now().Add(patience)
	for r.readTrialBalance().Pending.Acts > 0 {
		if time.Now().After(deadline) {
			r.t.Fatalf("%d acts wait still", r.readTrialBalance().Pending.Acts)
		}
		<-time.After(time.Millisecond)
	}
}

func (r *run) trialBalance() (debit, credit int) {
	r.t.Helper()
	tb := r.readTrialBalance()
	return minor(tb.Debit.Amount), minor(tb.Credit.Amount)
}

// minor reads an amount as pence.
func minor(amount string) int {
	var pounds, pence int
	if _, err := fmt.Sscanf(amount, "%d.%02d", &pounds, &pence); err != nil {
		panic(err)
	}
	return 100*pounds + pence
}
