package verify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/infra/onprem/verify"
	"backoffice/internal/catalog"
	"backoffice/internal/config"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/ddb"
	"backoffice/internal/fault"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/platform/platformdb"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

// instant is what the tables held at some moment, each by its name.
type instant map[string][]row

func tablesNow(t *testing.T, db *store.DB) instant {
	t.Helper()
	out := instant{}
	for _, d := range catalog.Domains() {
		pages := dynamodb.NewScanPaginator(db.Client(), &dynamodb.ScanInput{TableName: aws.String(db.TableName(d.Name))})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			out[d.Name] = append(out[d.Name], page.Items...)
		}
	}
	return out
}

// restored are new tables that hold what the old ones held, each at an instant of its own.
func restored(t *testing.T, from map[string]instant) (*ddb.Engine, *store.DB) {
	t.Helper()
	engine, err := ddb.Open(ddb.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	db := store.Open(storetest.Config(engine.RoundTripper()), config.TablePrefixDefault)
	for table, at := range from {
		if err := db.EnsureTable(t.Context(), table, false); err != nil {
			t.Fatal(err)
		}
		for _, it := range at[table] {
			if _, err := db.Client().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(db.TableName(table)), Item: it}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return engine, db
}

// all has every table restored to one instant, but for those named with another.
func all(at instant, but map[string]instant) map[string]instant {
	out := map[string]instant{}
	for _, d := range catalog.Domains() {
		out[d.Name] = at
		if other := but[d.Name]; other != nil {
			out[d.Name] = other
		}
	}
	return out
}

func defects(t *testing.T, db *store.DB) []string {
	t.Helper()
	r, err := verify.Check(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(r.Defects))
	for i, d := range r.Defects {
		out[i] = d.String()
	}
	return out
}

// rehearsed is a system with a tenant, in which examples can be played.
func rehearsed(t *testing.T) (*rehearsal.System, *rehearsal.Tenant) {
	t.Helper()
	s, err := rehearsal.Open(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	tn, err := s.Tenant(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s, tn
}

// play sends an operation's example, after those that it depends on.
func play(t *testing.T, s *rehearsal.System, tn *rehearsal.Tenant, id string) rehearsal.Answer {
	t.Helper()
	o, err := catalog.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := tn.Prepare(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.Send(t.Context())
	if err != nil || !a.OK() {
		t.Fatalf("%s: %v, %s", id, err, a)
	}
	if err := s.Settle(t.Context(), tn.ID); err != nil {
		t.Fatal(err)
	}
	return a
}

// A restore as the runbook has it: tables cut at different instants tear a transaction, which the check names by its act; all of
// them at one quiet instant are whole. Then writes are shut, jobs are fenced, projections are made anew, the check finds
// nothing, and writes are opened again.
func TestRestoreIsRehearsed(t *testing.T) {
	s, tn := rehearsed(t)
	play(t, s, tn, "finance.record-journal")
	quiet := tablesNow(t, s.DB)
	var job jobs.View
	if err := json.Unmarshal(play(t, s, tn, "finance.rebuild-projections").Body, &job); err != nil {
		t.Fatal(err)
	}
	later := tablesNow(t, s.DB)

	// The act stands in the ledger's table, the job that it started in the platform's: one was cut before, one after it.
	_, torn := restored(t, all(later, map[string]instant{"platform": quiet}))
	act := actOf(t, later, "finance.rebuild-projections")
	found := defects(t, torn)
	if len(found) == 0 || !strings.Contains(strings.Join(found, "\n"), "platform "+tn.ID+"|JOB / "+job.ID+": act "+act+" wrote it, and it is not there") {
		t.Fatalf("act %s is torn; found was\n%s", act, strings.Join(found, "\n"))
	}
	_, other := restored(t, all(quiet, map[string]instant{"platform": later}))
	if found := strings.Join(defects(t, other), "\n"); !strings.Contains(found, job.ID+": no act wrote it") {
		t.Fatalf("a record whose act is lost; found was\n%s", found)
	}
	// Each of the two is mended from tables of the later instant, the first by the job, the second by the act; then the
	// projections, which were cut before the act that made them, are made anew.
	for name, db := range map[string]*store.DB{"a record that its act tells of": torn, "an act that a record tells of": other} {
		_, from := restored(t, all(later, nil))
		m, err := verify.Mend(t.Context(), db, from, order())
		if err != nil || len(m.Done) == 0 || len(m.Left) > 0 {
			t.Fatalf("%s: %v, %v", name, m, err)
		}
		for _, d := range defects(t, db) {
			if !strings.Contains(d, "is pending") { // an act that was brought back is still to be taken up
				t.Errorf("%s, after mending: %s", name, d)
			}
		}
	}
	for name, when := range map[string]instant{"the quiet instant": quiet, "the later one": later} {
		if _, whole := restored(t, all(when, nil)); len(defects(t, whole)) > 0 {
			t.Fatalf("%s: %v", name, defects(t, whole))
		}
	}
	recovery(t, s, tn, later, job)
}

func actOf(t *testing.T, when instant, operation string) string {
	t.Helper()
	for _, it := range when["finance"] {
		if v := at(it, "op"); v == operation {
			return at(it, "id")
		}
	}
	t.Fatalf("no act of %s", operation)
	return ""
}

// recovery goes on with tables that are whole, but whose projections a restore has not brought back as they were.
func recovery(t *testing.T, old *rehearsal.System, tn *rehearsal.Tenant, when instant, job jobs.View) {
	t.Helper()
	engine, db := restored(t, all(when, nil))
	for _, it := range when["finance"] {
		if pk := at(it, "pk"); strings.Contains(pk, "|BAL|") {
			if _, err := db.Client().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(db.TableName("finance")), Key: row{"pk": it["pk"], "sk": it["sk"]}}); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	if len(defects(t, db)) == 0 {
		t.Fatal("a lost balance is not found")
	}
	gate := platformwire.NewGate(old.Env)
	s, err := rehearsal.Open(t.Context(), rehearsal.Options{Transport: engine.RoundTripper(), Clock: ticking(old.Clock()), Gate: present{&gate}})
	if err != nil {
		t.Fatal(err)
	}
	gate = platformwire.NewGate(s.Env)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	shut := func(on bool) {
		must(invoke(t, s, "platform.set-maintenance", "", "", map[string]any{"on": on, "by": "Rona Muir", "reason": "Restore"}, nil))
	}
	shut(true)
	late := jobs.FailIn{Job: job.ID, Step: new(int), Code: "X", Detail: "x"}
	if err := invoke(t, s, "platform.fail-job", tn.ID, "k", late, nil); !fault.Is(err, op.RuleMaintenance.Code) {
		t.Errorf("a write during maintenance: %v", err)
	}
	must(invoke(t, s, "platform.fence-jobs", "", "", nil, nil))
	if err := invoke(t, s, "finance.rebuild-step", tn.ID, job.ID+"#0", jobs.StepIn{Job: job.ID}, nil); !fault.Is(err, jobs.RuleStep.Code) {
		t.Errorf("a step of an execution from before the restore: %v", err)
	}
	shut(false) // a give-up is refused for what it is, not because writes are shut
	if err := invoke(t, s, "platform.fail-job", tn.ID, "k", late, nil); !fault.Is(err, jobs.RuleStep.Code) {
		t.Errorf("a give-up of an execution from before the restore: %v", err)
	}
	shut(true)
	j, err := platformdb.NewJobs(db).Job(t.Context(), tn.ID, job.ID)
	must(err)
	for out := (jobs.Outcome{Step: j.Step}); !out.Ended; {
		must(invoke(t, s, "finance.rebuild-step", tn.ID, fmt.Sprintf("%s#%d", job.ID, out.Step), jobs.StepIn{Job: job.ID, Step: out.Step}, &out))
	}
	must(s.Settle(t.Context(), tn.ID))
	if found := defects(t, db); len(found) > 0 {
		t.Errorf("after the restore: %v", found)
	}
	shut(false)
}

// invoke calls an operation as an operator does.
func invoke(t *testing.T, s *rehearsal.System, id, tenant, key string, in, out any) error {
	t.Helper()
	var raw []byte
	if in != nil {
		var err error
		if raw, err = json.Marshal(in); err != nil {
			t.Fatal(err)
		}
	}
	body, err := s.Host.Invoke(t.Context(), id, tenant, key, raw)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(body, out)
}

// present is a gate that is set once the system that it belongs to is there.
type present struct{ gate **platformwire.Gate }

// Shut asks the gate of the moment.
func (p present) Shut(ctx context.Context, at time.Time) (bool, error) {
	return (*p.gate).Shut(ctx, at)
}

// ticking is a clock that moves on by ten seconds at each look, so that nothing that is kept for seconds is believed.
func ticking(from time.Time) func() time.Time {
	now := from
	return func() time.Time { now = now.Add(10 * time.Second); return now }
}
