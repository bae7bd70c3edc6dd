package main

import (
	"bytes"
	"strings"
	"testing"

	"backoffice/internal/catalog"
	"backoffice/internal/finance"
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
		if err != nil || again != first || first.Calls == 0 {
			t.Errorf("%s costs %+v, then %+v: %v", id, first, again, err)
		}
		if id == finance.RecordJournal.Spec.ID && (first.WrittenItems != 2 || first.WriteUnits > 5 || first.Calls > 2) {
			t.Errorf("a two-line journal costs %+v", first)
		}
	}
}

// The tables say what was counted, and a million calls' price is the units' price.
func TestTables(t *testing.T) {
	p, err := latest()
	if err != nil || p.write <= p.read || p.From == "" || p.Source == "" {
		t.Fatalf("%+v %v", p, err)
	}
	p.write, p.read = 2, 0.5
	var b bytes.Buffer
	operationTable(&b, p, []cost{
		{spec: &op.Spec{ID: "a.b", Kind: op.Command}, count: store.Count{Calls: 3, WrittenItems: 2, ReadUnits: 1.5, WriteUnits: 4}},
		{spec: &op.Spec{ID: "a.c"}, none: "it cannot be"}})
	postingTable(&b, p, []journalCost{{journals: 2, request: store.Count{Calls: 4, WrittenItems: 4, WriteUnits: 10}, projection: store.Count{WriteUnits: 9}}})
	trialBalanceTable(&b, p, []size{{Lines: 1_000_000, Whole: store.Count{Calls: 7, ReadUnits: 17.5}}})
	for _, want := range []string{"| `a.b` | command | 3 | 2 | 1.5 | 4 | 8.75 |", "Not called: `a.c`, since it cannot be.", "| 2 | 2 | 2 | 5 | 0 | 4.5 | 0 | 9.5 | 19.00 |", "| 1,000,000 | 7 | 17.5 | 8.75 |"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &b)
		}
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
