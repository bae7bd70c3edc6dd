package metrics_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"backoffice/internal/fault"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	at   = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	spec = op.Spec{ID: "finance.record-journal", Kind: op.Command}
)

// acts is a store of acts that answers as it is told to.
type acts struct {
	op.Acts
	commits []error
	found   *op.Recorded
}

func (a *acts) Commit(context.Context, *op.Spec, *op.Act) error {
	err := a.commits[0]
	a.commits = a.commits[1:]
	return err
}

func (a *acts) Find(context.Context, *op.Spec, string, string) (*op.Recorded, error) {
	return a.found, nil
}

// posting is an invocation that posts a journal after one conflict.
func posting(t *testing.T) *metrics.Sample {
	t.Helper()
	ctx, s := metrics.With(t.Context())
	store := metrics.Counted(&acts{commits: []error{op.ErrConflict, nil}})
	act := &op.Act{ID: "act_1", Tenant: "ten_secret", Operation: spec.ID, Principal: "usr_secret"}
	act.Emit("finance.journal.recorded.v1", "jnl_secret", 1, map[string]string{"description": "secret"})
	for range 2 {
		if err := store.Commit(ctx, &spec, act); err != nil && !errors.Is(err, op.ErrConflict) {
			t.Fatal(err)
		}
	}
	metrics.Answered(ctx, "req_1", &op.Response{Status: http.StatusCreated})
	s.Stored(3, 1, 5, 10)
	s.Took(42*time.Millisecond, 25*time.Second)
	return s
}

// sweep is an invocation of a job that reports gauges, nought among them.
func sweep(t *testing.T) *metrics.Sample {
	t.Helper()
	ctx, s := metrics.With(t.Context())
	metrics.Set(ctx, metrics.ParkedActs, 0)
	metrics.Set(ctx, metrics.OldestWaitingAct, 301)
	metrics.Add(ctx, metrics.Conflicts, 0)
	metrics.Answered(ctx, "req_2", op.Refuse(op.RuleTooLarge.Err(), "req_1"))
	s.Took(2*time.Second, 25*time.Second)
	return s
}

// The lines are what CloudWatch gets: the golden file is read by people, and every change of it is one of dashboards and bills.
func TestLinesAreAsAgreed(t *testing.T) {
	var b bytes.Buffer
	w := metrics.NewEMF(&b, "prod")
	job := op.Spec{ID: "finance.sweep-acts", Kind: op.Job}
	for _, err := range []error{w.Write(at, &spec, posting(t)), w.Write(at, &job, sweep(t))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const golden = "testdata/lines.golden"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("lines are\n%s\ninstead of\n%s", &b, want)
	}
	if strings.Contains(b.String(), "secret") {
		t.Error("a line holds what someone sent")
	}
}

// Every metric that a line announces stands in it as a number, by dimensions that stand in it, too: CloudWatch drops a line
// without a word when it is not so.
func TestLinesKeepTheFormatsRules(t *testing.T) {
	const metricsMax, dimensionsMax = 100, 30
	var b bytes.Buffer
	if err := metrics.NewEMF(&b, "prod").Write(at, &spec, posting(t)); err != nil {
		t.Fatal(err)
	}
	var line map[string]any
	if err := json.Unmarshal(b.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	var head struct {
		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
	}
	if err := json.Unmarshal(b.Bytes(), &head); err != nil || head.AWS.Timestamp != at.UnixMilli() || len(head.AWS.CloudWatchMetrics) != 3 {
		t.Fatalf("%+v %v", head, err)
	}
	for _, d := range head.AWS.CloudWatchMetrics {
		if d.Namespace != metrics.Namespace || len(d.Metrics) > metricsMax {
			t.Errorf("%+v", d)
		}
		for _, m := range d.Metrics {
			if _, number := line[m.Name].(float64); !number {
				t.Errorf("%s is announced and not there", m.Name)
			}
		}
		for _, set := range d.Dimensions {
			for _, name := range set {
				if text, _ := line[name].(string); text == "" || len(set) > dimensionsMax {
					t.Errorf("dimension %s is not there", name)
				}
			}
		}
	}
}

// Only the first invocation of a process is a cold start.
func TestTheFirstInvocationIsMarkedCold(t *testing.T) {
	w := metrics.NewEMF(&bytes.Buffer{}, "prod")
	for n, want := range []float64{1, 0, 0} {
		s := posting(t)
		if err := w.Write(at, &spec, s); err != nil || s.Value(metrics.ColdStarts) != want {
			t.Errorf("invocation %d: %v cold starts, %v", n, s.Value(metrics.ColdStarts), err)
		}
	}
}

// A sample inside another counts for both; without any, nothing happens.
func TestSamplesInsideOneAnother(t *testing.T) {
	metrics.Add(t.Context(), metrics.Acts, 1)
	metrics.Set(t.Context(), metrics.ParkedActs, 1)
	metrics.Answered(t.Context(), "req_1", &op.Response{Status: http.StatusOK})
	ctx, outer := metrics.With(t.Context())
	ctx, inner := metrics.With(ctx)
	act := &op.Act{}
	act.Emit("finance.journal.recorded.v1", "jnl_1", 1, nil)
	if err := metrics.Counted(&acts{commits: []error{nil}}).Commit(ctx, &spec, act); err != nil {
		t.Fatal(err)
	}
	if outer.Value(metrics.Acts) != 1 || inner.Value(metrics.Acts) != 1 || outer.EventCount("finance.journal.recorded.v1") != 1 || outer.Value(metrics.Events) != 1 {
		t.Errorf("outer %v, inner %v", outer.Value(metrics.Acts), inner.Value(metrics.Acts))
	}
}

// A repeated call, and an error of each class, are counted as what they are.
func TestClasses(t *testing.T) {
	ctx, s := metrics.With(t.Context())
	store := metrics.Counted(&acts{found: &op.Recorded{}, commits: []error{errors.New("lost")}})
	if was, err := store.Find(ctx, &spec, "ten_1", "k"); was == nil || err != nil {
		t.Fatal(was, err)
	}
	if err := store.Commit(ctx, &spec, &op.Act{}); err == nil {
		t.Fatal("the error is lost")
	}
	for _, err := range []error{op.RuleForbidden.Err(), fault.Of(errors.New("broken")), op.RuleKeyReused.Err()} {
		metrics.Answered(ctx, "req_2", op.Refuse(err, "req_1"))
	}
	for n, want := range map[metrics.Name]float64{metrics.Replays: 1, metrics.Acts: 0, metrics.Conflicts: 0, metrics.Calls: 3, metrics.ClientErrors: 2, metrics.ServerErrors: 1} {
		if s.Value(n) != want {
			t.Errorf("%s is %v, want %v", n, s.Value(n), want)
		}
	}
}

// Prometheus gets the same figures: counters summed, the last of a gauge, latency as sum and count.
func TestTotals(t *testing.T) {
	totals := metrics.NewTotals()
	job := op.Spec{ID: "finance.sweep-acts", Kind: op.Job}
	for range 2 {
		totals.Take(&spec, posting(t))
		totals.Take(&job, sweep(t))
	}
	var b bytes.Buffer
	totals.Write(&b)
	for _, want := range []string{
		"# TYPE backoffice_acts_total counter\nbackoffice_acts_total{domain=\"finance\",operation=\"finance.record-journal\"} 2\n",
		"backoffice_latency_milliseconds_sum{domain=\"finance\",operation=\"finance.record-journal\"} 84\n",
		"backoffice_latency_milliseconds_count{domain=\"finance\",operation=\"finance.record-journal\"} 2\n",
		"# TYPE backoffice_oldest_waiting_act_seconds gauge\nbackoffice_oldest_waiting_act_seconds{domain=\"finance\",operation=\"finance.sweep-acts\"} 301\n",
		"backoffice_parked_acts{domain=\"finance\",operation=\"finance.sweep-acts\"} 0\n",
		"backoffice_events_by_type_total{event=\"finance.journal.recorded.v1\"} 2\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &b)
		}
	}
}

// Every name is described once, and no two are spelt alike.
func TestNamesAreDescribedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range metrics.All() {
		for _, name := range []string{string(m.Name), metrics.PrometheusName(m)} {
			if seen[name] || m.Help == "" {
				t.Errorf("%s", name)
			}
			seen[name] = true
		}
	}
}
