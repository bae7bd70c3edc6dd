package finance_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/jobs"
	"backoffice/internal/op/optest"
	"backoffice/internal/platform"
	"backoffice/internal/relay"
	"backoffice/internal/store/storetest"
)

// crash ends the calling process's context at one of its calls to the store, before the store gets it or after it was done.
type crash struct {
	next   http.RoundTripper
	left   int // calls until it strikes; 0 for never
	after  bool
	strike context.CancelFunc
}

func (c *crash) RoundTrip(req *http.Request) (*http.Response, error) {
	if c.left == 0 {
		return c.next.RoundTrip(req)
	}
	if c.left--; c.left > 0 {
		return c.next.RoundTrip(req)
	}
	if c.after {
		resp, err := c.next.RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
		if err == nil {
			_ = resp.Body.Close()
		}
	}
	c.strike()
	return nil, errors.New("the process has gone")
}

// rebuilding are books whose projections are spoilt and made anew.
type rebuilding struct {
	*financetest.Books
	dice  *rand.Rand
	crash *crash
	sums  map[string]int // pence by account, from what was posted alone
	job   jobs.View
}

func newRebuilding(t *testing.T, seed uint64) *rebuilding {
	t.Helper()
	c := &crash{next: storetest.Engine(t).RoundTripper()}
	r := &rebuilding{Books: financetest.Over(t, storetest.On(t, c)), dice: rand.New(rand.NewPCG(seed, 0)), crash: c, sums: map[string]int{}}
	r.Do(optest.Call{Op: &finance.CreateEntity, Body: `{"name":"Second Ltd","baseCurrency":"GBP","fiscalYearStart":4,"chart":"uk-frs102-small",
		"balanceViews":[["cost-centre","project"]]}`}).Must(&r.Entity)
	r.OpenYear("2026-04")
	for _, v := range []string{"cost-centre:A", "cost-centre:B", "project:P1"} {
		d, code, _ := strings.Cut(v, ":")
		r.Do(optest.Call{Op: finance.DimensionValues.Create(),
			Body: map[string]string{"entity": r.Entity.ID, "dimension": d, "code": code, "name": code}}).Must(nil)
	}
	return r
}

// post records some journals at random.
func (r *rebuilding) post(n int) {
	r.T.Helper()
	accounts := []string{"7105", "7300", "2100", "1200"}
	for range n {
		var lines []map[string]any
		total := 0
		for range 1 + r.dice.IntN(6) {
			pence := 1 + r.dice.IntN(99_999)
			account := accounts[r.dice.IntN(len(accounts))]
			line := map[string]any{"account": account, "debit": amount(pence)}
			if d := []map[string]string{nil, {"cost-centre": "A"}, {"cost-centre": "B", "project": "P1"}}[r.dice.IntN(3)]; d != nil {
				line["dimensions"] = d
			}
			r.sums[account] += pence
			total += pence
			lines = append(lines, line)
		}
		r.sums["2200"] -= total
		lines = append(lines, map[string]any{"account": "2200", "credit": amount(total)})
		r.Do(optest.Call{Op: &finance.RecordJournal, Body: map[string]any{"entity": r.Entity.ID, "date": fmt.Sprintf("2026-%02d-%02d", 4+r.dice.IntN(8), 1+r.dice.IntN(28)),
			"description": "At random", "lines": lines}}).Must(nil)
	}
}

func amount(pence int) map[string]string {
	return map[string]string{"amount": fmt.Sprintf("%d.%02d", pence/100, pence%100), "currency": "GBP"}
}

type stored = map[string]types.AttributeValue

func s(v types.AttributeValue) string {
	if t, ok := v.(*types.AttributeValueMemberS); ok {
		return t.Value
	}
	return ""
}

// projected reads the rows of the projections, in the order of their keys.
func (r *rebuilding) projected() []stored {
	r.T.Helper()
	var out []stored
	pages := dynamodb.NewScanPaginator(r.DB.Client(), &dynamodb.ScanInput{TableName: aws.String(r.DB.TableName(finance.Table))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(r.T.Context())
		if err != nil {
			r.T.Fatal(err)
		}
		for _, it := range page.Items {
			if parts := strings.Split(s(it["pk"]), "|"); slices.Contains([]string{"BAL", "DAY", "LED", "REG", "NO"}, parts[1]) {
				out = append(out, it)
			}
		}
	}
	slices.SortFunc(out, func(a, b stored) int {
		return cmp.Or(strings.Compare(s(a["pk"]), s(b["pk"])), strings.Compare(s(a["sk"]), s(b["sk"])))
	})
	return out
}

// facts are what the projections say, however their rows are cut: each sum, and each entry as often as it stands there.
func (r *rebuilding) facts() map[string]int {
	out := map[string]int{}
	for _, it := range r.projected() {
		kind := strings.Split(s(it["pk"]), "|")[1]
		if list, ok := it["l"].(*types.AttributeValueMemberL); ok {
			for _, e := range list.Value {
				out[fmt.Sprintf("%s %.10s %s", s(it["pk"]), s(it["sk"]), text(e))]++
			}
			continue
		}
		for name, v := range it {
			n, isNumber := v.(*types.AttributeValueMemberN)
			if kind == "NO" && len(name) == 3 || isNumber && len(name) == 3 && n.Value != "0" {
				out[s(it["pk"])+" "+s(it["sk"])+" "+name+"="+text(v)]++
			}
		}
	}
	return out
}

func text(v types.AttributeValue) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// spoil damages the projections in one way.
func (r *rebuilding) spoil(way int) string {
	r.T.Helper()
	rows := r.projected()
	at := func(kind string) stored {
		var of []stored
		for _, it := range rows {
			if strings.Contains(s(it["pk"]), "|"+kind+"|") {
				of = append(of, it)
			}
		}
		return of[r.dice.IntN(len(of))]
	}
	put := func(it stored) {
		if _, err := r.DB.Client().PutItem(r.T.Context(), &dynamodb.PutItemInput{TableName: aws.String(r.DB.TableName(finance.Table)), Item: it}); err != nil {
			r.T.Fatal(err)
		}
	}
	lose := func(it stored) {
		if _, err := r.DB.Client().DeleteItem(r.T.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(r.DB.TableName(finance.Table)),
			Key: stored{"pk": it["pk"], "sk": it["sk"]}}); err != nil {
			r.T.Fatal(err)
		}
	}
	kinds := []string{"BAL", "DAY", "LED", "REG", "NO"}
	switch {
	case way < 2:
		kind := kinds[2+way]
		it := maps.Clone(at(kind))
		it["sk"] = &types.AttributeValueMemberS{Value: s(it["sk"]) + "~"}
		put(it)
		return "a doubled row of " + kind
	case way < 4:
		kind := kinds[way-2]
		it := maps.Clone(at(kind))
		for name, v := range it {
			if _, ok := v.(*types.AttributeValueMemberN); ok && len(name) == 3 {
				it[name] = &types.AttributeValueMemberN{Value: "1"}
			}
		}
		put(it)
		return "a wrong sum in " + kind
	default:
		kind := kinds[way-4]
		lose(at(kind))
		return "a lost row of " + kind
	}
}

const waysToSpoil = 9

// begin starts the job; run does its steps, the process crashing at some of them, until it ends; between calls meanwhile what
// else may happen.
func (r *rebuilding) begin() {
	r.T.Helper()
	r.Do(optest.Call{Op: &finance.RebuildProjections, Body: `{"reason":"A test"}`}).Must(&r.job)
}

func (r *rebuilding) run(meanwhile func(step int)) (crashes int) {
	r.T.Helper()
	for out := (jobs.Outcome{}); !out.Ended; {
		call := optest.Call{Op: &finance.RebuildStep, Key: fmt.Sprintf("%s#%d", r.job.ID, out.Step), As: "system", Body: jobs.StepIn{Job: r.job.ID, Step: out.Step}}
		if r.dice.IntN(3) == 0 {
			ctx, cancel := context.WithCancel(r.T.Context())
			r.crash.left, r.crash.after, r.crash.strike = 1+r.dice.IntN(8), r.dice.IntN(2) == 0, cancel
			call.Context = ctx
			_ = r.Do(call)
			if cancel(); r.crash.left == 0 {
				crashes++
			}
			r.crash.left, call.Context = 0, nil
		}
		r.Do(call).Must(&out)
		if !out.Ended {
			meanwhile(out.Step)
		}
	}
	return crashes
}

func (r *rebuilding) compare(want map[string]int, what string) {
	r.T.Helper()
	got := r.facts()
	for f, n := range want {
		if got[f] != n {
			r.T.Errorf("%s: %d times instead of %d: %s", what, got[f], n, f)
		}
	}
	for f := range got {
		if want[f] == 0 {
			r.T.Errorf("%s: nobody knows of %s", what, f)
		}
	}
}

// Whatever became of the projections, a rebuild makes them exactly what they were, and what a sum in plain Go says; however
// often the process that does it crashes.
func TestRebuildMakesProjectionsAnew(t *testing.T) {
	for seed := range uint64(3) {
		r := newRebuilding(t, seed)
		r.post(40)
		r.large()
		r.Project()
		r.agrees()
		want := r.facts()
		var ways []string
		for range 3 {
			ways = append(ways, r.spoil(r.dice.IntN(waysToSpoil)))
		}
		if maps.Equal(want, r.facts()) {
			t.Fatalf("seed %d: %v changed nothing", seed, ways)
		}
		r.begin()
		crashes := r.run(func(int) {})
		r.compare(want, fmt.Sprintf("seed %d, %v, %d crashes", seed, ways, crashes))
		r.agrees()
	}
}

// large posts a journal whose projections fit no transaction.
func (r *rebuilding) large() {
	r.T.Helper()
	all := lines(r.Books, 1000)
	for _, l := range all {
		pounds := 0
		if _, err := fmt.Sscanf(l.Amount, "%d.00", &pounds); err != nil {
			r.T.Fatal(err)
		}
		r.sums[l.Account] += 100 * pounds
	}
	r.Record("2026-04-30", all...)
}

// What is posted during a rebuild waits, every report says so, and enters the books afterwards, once.
func TestPostingsDuringARebuildWait(t *testing.T) {
	r := newRebuilding(t, 7)
	r.post(20)
	r.Project()
	r.spoil(2)
	r.begin()
	r.Do(optest.Call{Op: &finance.RebuildProjections, Body: `{"reason":"A test"}`}).Refused(409, jobs.RuleBusy.Code)
	held := 0
	r.run(func(int) {
		r.post(2)
		r.Project()
		by, err := r.DB.Held(t.Context(), finance.Table, r.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		tb := trialBalance(r.Books, "2027-03-31")
		if by != "" {
			held++
			if tb.Pending.Acts < 3 || tb.Pending.Oldest == nil {
				t.Errorf("during the rebuild a report counts %d acts as pending", tb.Pending.Acts)
			}
		}
	})
	if held == 0 {
		t.Error("no report was read during the rebuild")
	}
	r.Project()
	r.agrees()
	if n, err := r.DB.VerifyChain(t.Context(), finance.Table, r.Tenant); err != nil || n == 0 {
		t.Errorf("%d acts, %v", n, err)
	}
}

// agrees holds the trial balance against what was posted.
func (r *rebuilding) agrees() {
	r.T.Helper()
	tb := trialBalance(r.Books, "2027-03-31")
	if tb.Pending.Acts != 0 {
		r.T.Errorf("%d acts wait", tb.Pending.Acts)
	}
	got := map[string]string{}
	for _, row := range tb.Accounts {
		got[row.Account] = row.Balance.MinorString()
	}
	for account, pence := range r.sums {
		if got[account] != strconv.Itoa(pence) {
			r.T.Errorf("account %s has %s pence, %d were posted", account, got[account], pence)
		}
	}
}

// An act of which parts were taken up when the rebuild began is taken up whole after it.
func TestRebuildAmidALargeAct(t *testing.T) {
	r := newRebuilding(t, 8)
	r.Record("2026-04-30", lines(r.Books, 1000)...)
	stopping := &stopAfterOne{Projector: financedb.NewProjector(r.DB)}
	if err := relay.New(r.DB, nil, stopping).Drain(t.Context(), finance.Table, r.Tenant); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	acts, err := r.DB.PendingActs(t.Context(), finance.Table, r.Tenant, 10)
	if err != nil || len(acts) != 1 || len(acts[0].Done) == 0 {
		t.Fatalf("no part was taken up: %+v, %v", acts, err)
	}
	r.begin()
	r.run(func(int) {
		// The relay that was under way when the hold came goes on with what it had read.
		err := r.DB.SettlePart(t.Context(), acts[0], 7, false, nil)
		if by, _ := r.DB.Held(t.Context(), finance.Table, r.Tenant); by != "" && err == nil {
			t.Error("a part was settled while the projections are held")
		}
	})
	r.Project()
	if tb := trialBalance(r.Books, "2026-04-30"); tb.Credit.Amount() != "999.00" || tb.Debit.Amount() != "999.00" || tb.Pending.Acts != 0 {
		t.Errorf("trial balance: %s / %s, %d wait", tb.Debit, tb.Credit, tb.Pending.Acts)
	}
}

// Nothing is made from an audit chain that does not hold, and nothing is discarded.
func TestRebuildFromABrokenChainIsRefused(t *testing.T) {
	r := newRebuilding(t, 9)
	r.post(5)
	r.Project()
	want := r.facts()
	rows, err := r.DB.Client().Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(r.DB.TableName(finance.Table))})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range rows.Items {
		if s(it["sk"]) == "A" && s(it["op"]) == finance.RecordJournal.Spec.ID {
			it["by"] = &types.AttributeValueMemberS{Value: "usr_somebody_else"}
			if _, err := r.DB.Client().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(r.DB.TableName(finance.Table)), Item: it}); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	r.begin()
	r.run(func(int) {})
	j, err := r.Ports.(finance.Ports).Jobs.Job(t.Context(), r.Tenant, r.job.ID)
	if err != nil || j.State != jobs.Failed || j.Problem.Code != finance.RuleRebuildChain.Code {
		t.Errorf("the job is %s: %+v, %v", j.State, j.Problem, err)
	}
	r.compare(want, "after the refusal")
}

// A rebuild can be cancelled while it only looks, and not any more once it discards.
func TestRebuildIsCancelledInTimeOnly(t *testing.T) {
	r := newRebuilding(t, 10)
	r.post(5)
	r.Project()
	want := r.facts()
	for steps, state := range map[int]jobs.State{0: jobs.Cancelled, 2: jobs.Done} {
		r.begin()
		if steps == 0 {
			r.cancel()
		}
		r.run(func(step int) {
			if step == steps {
				r.cancel()
			}
		})
		j, err := r.Ports.(finance.Ports).Jobs.Job(t.Context(), r.Tenant, r.job.ID)
		if err != nil || j.State != state {
			t.Errorf("cancelled before step %d it is %s, %v", steps, j.State, err)
		}
		r.compare(want, string(state))
	}
}

// cancel cancels the job as its owner does.
func (r *rebuilding) cancel() {
	r.T.Helper()
	ledger := r.Ports
	defer func() { r.Ports = ledger }()
	r.Ports = platform.Ports{Jobs: ledger.(finance.Ports).Jobs}
	j, err := ledger.(finance.Ports).Jobs.Job(r.T.Context(), r.Tenant, r.job.ID)
	if err != nil {
		r.T.Fatal(err)
	}
	r.Do(optest.Call{Op: &platform.CancelJob, Path: map[string]string{"jobId": j.ID}, Version: j.Version}).Must(nil)
}
