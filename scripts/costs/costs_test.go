package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"backoffice/internal/catalog"
	"backoffice/internal/conformance/rehearsal"
	"backoffice/internal/finance"
	"backoffice/internal/metrics"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// A cost is a figure of the code, not of the run: measured twice it is the same, and the documented limits hold.
func TestCostsAreExact(t *testing.T) {
	for _, id := range []string{finance.RecordJournal.Spec.ID, finance.ReverseJournal.Spec.ID, finance.GetTrialBalance.Spec.ID, "finance.sweep-acts"} {
		o, err := catalog.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		first, err := alone(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		again, err := alone(t.Context(), o)
		if err != nil || again.count != first.count || again.events != first.events || first.count.Calls == 0 {
			t.Errorf("%s costs %+v, then %+v: %v", id, first, again, err)
		}
		if id == finance.RecordJournal.Spec.ID && (first.count.WrittenItems != 2 || first.count.WriteUnits > 5 || first.count.Calls > 2 || first.events != 1) {
			t.Errorf("a two-line journal costs %+v", first)
		}
	}
}

// round are prices and assumptions with which sums can be done in one's head.
func round(t *testing.T) (prices, assumptions) {
	t.Helper()
	p, err := readPrices(priceList)
	if err != nil {
		t.Fatal(err)
	}
	for w, usd := range map[what]float64{writeUnits: 2, readUnits: 0.5, httpRequests: 1, functionRequests: 0.25, gigabyteSeconds: 20, events: 3, logGigabytes: 1e6} {
		row := p.latest[w]
		row.usd = usd
		p.latest[w] = row
	}
	return p, assumptions{StoreCallMS: 5, LogBytes: 1000, Classes: []class{{MemoryMB: 512, OwnMS: 2.89424}, {MemoryMB: 1024, OwnMS: 1}}}
}

// The tables say what was counted, and a million calls' price is the sum of its parts: 3 round trips wait 15 ms, 2.9 ms of own
// time take 10 ms at 512 MB, which is 0.0125 gigabyte-seconds; a kilobyte of log is a millionth of a gigabyte.
func TestTables(t *testing.T) {
	p, a := round(t)
	var b bytes.Buffer
	operationTable(&b, p, a, []cost{
		{spec: &op.Spec{ID: "a.b", Kind: op.Command}, events: 1, count: store.Count{Calls: 3, WrittenItems: 2, ReadUnits: 1.5, WriteUnits: 4}},
		{spec: &op.Spec{ID: "a.t", Kind: op.Task, MemoryMB: 2048}, count: store.Count{Calls: 1}},
		{spec: &op.Spec{ID: "a.c"}, none: "it cannot be"}})
	postingTable(&b, p, []journalCost{{journals: 2, request: store.Count{Calls: 4, WrittenItems: 4, WriteUnits: 10}, projection: store.Count{WriteUnits: 9}}})
	trialBalanceTable(&b, p, []size{{Lines: 1_000_000, Whole: store.Count{Calls: 7, ReadUnits: 17.5}}})
	for _, want := range []string{"| `a.b` | command | 3 | 2 | 1.5 | 4 | 1 | 512 | 25 | 8.75 | 1.00 | 0.50 | 4.00 | 14.25 |",
		"| `a.t` | task | 1 | 0 | 0 | 0 | 0 | 2048 | 6 | 0.00 | 0.00 | 0.49 | 1.00 | 1.49 |",
		"Not called: `a.c`, since it cannot be.", "| 2 | 2 | 2 | 5 | 0 | 4.5 | 0 | 9.5 | 19.00 |", "| 1,000,000 | 7 | 17.5 | 8.75 |"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &b)
		}
	}
}

// The tables that are kept are sound, and the document says each price with its date and source.
func TestKeptTablesAreSound(t *testing.T) {
	p, err := readPrices(priceList)
	if err != nil || p.latest[writeUnits].usd <= p.latest[readUnits].usd {
		t.Fatalf("%+v %v", p, err)
	}
	a, err := readAssumptions(assumptionTable)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	priceTable(&b, p, a)
	for _, row := range p.latest {
		if !strings.Contains(b.String(), "| "+row.USD+" | "+row.From+" | "+row.Source+" |") {
			t.Errorf("%s is missing in\n%s", row.What, &b)
		}
	}
}

func TestUnsoundTablesAreNamed(t *testing.T) {
	for name, raw := range map[string]string{
		"no JSON":      `{`,
		"no source":    `{"prices":[{"what":"events","usdPerMillion":"1","from":"2020-01-01"}]}`,
		"no number":    `{"prices":[{"what":"events","usdPerMillion":"x","from":"2020-01-01","source":"s"}]}`,
		"out of order": `{"prices":[{"what":"events","usdPerMillion":"1","from":"2020-01-01","source":"s"},{"what":"events","usdPerMillion":"1","from":"2019-01-01","source":"s"}]}`,
		"one missing":  `{"prices":[{"what":"events","usdPerMillion":"1","from":"2020-01-01","source":"s"}]}`,
	} {
		if _, err := readPrices([]byte(raw)); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	for _, raw := range []string{`{`, `{}`, `{"storeCallMS":5,"logBytes":1}`} {
		if _, err := readAssumptions([]byte(raw)); err == nil {
			t.Errorf("assumptions %s are taken", raw)
		}
	}
}

// What a call leaves in the log is assumed on the safe side: its own line of metrics fits well into it.
func TestTheLineOfMetricsFitsTheAssumption(t *testing.T) {
	const platformBytes = 700 // the platform's own lines, and the line that says how the call was answered
	a, err := readAssumptions(assumptionTable)
	if err != nil {
		t.Fatal(err)
	}
	ctx, s := metrics.With(t.Context())
	act := &op.Act{}
	act.Emit("finance.journal.posted.v1", "jnl_1", 1, nil)
	if err := metrics.Counted(accepting{}).Commit(ctx, &finance.RecordJournal.Spec, act); err != nil {
		t.Fatal(err)
	}
	metrics.Answered(ctx, "JKJaXmPLvHcESHA=", &op.Response{Status: 201})
	s.Stored(12, 0, 12.5, 10)
	s.Took(42*time.Millisecond, 25*time.Second)
	var b bytes.Buffer
	if err := metrics.NewEMF(&b, "prod").Write(rehearsal.Begin(), &finance.RecordJournal.Spec, s); err != nil || b.Len()+platformBytes > a.LogBytes {
		t.Errorf("%d bytes, %d assumed: %v", b.Len()+platformBytes, a.LogBytes, err)
	}
}

// accepting commits everything.
type accepting struct{ op.Acts }

func (accepting) Commit(context.Context, *op.Spec, *op.Act) error { return nil }

// The median of each memory class is kept, and what was not called counts for nothing.
func TestMedians(t *testing.T) {
	spec := &op.Spec{ID: "a.b"}
	have := medians([]cost{{spec: spec, took: time.Millisecond}, {spec: spec, took: 3 * time.Millisecond}, {spec: spec, took: 9 * time.Millisecond},
		{spec: spec, none: "never", took: time.Hour}, {spec: &op.Spec{ID: "a.c", MemoryMB: 1024}, took: 1234 * time.Microsecond}})
	if len(have) != 2 || have[0] != (class{512, 3}) || have[1] != (class{1024, 1.2}) {
		t.Errorf("%+v", have)
	}
}

// The trial balance costs the same at two sizes; go run ./scripts/costs -lines goes up to a million lines.
func TestTrialBalanceIsFlat(t *testing.T) {
	rows, err := trialBalances(t.Context(), []int{10_000, 30_000})
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].Whole != rows[1].Whole || rows[0].Whole.Calls == 0 {
		t.Errorf("%+v", rows)
	}
}
