package finance_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
	"backoffice/internal/relay"
	"backoffice/internal/store"
)

// lines makes a balanced journal of n lines spread over the chart's postable expense accounts.
func lines(b *financetest.Books, n int) []financetest.Line {
	var list struct {
		Data []finance.Account `json:"data"`
	}
	b.Do(optest.Call{Op: &finance.ListAccounts, Query: "limit=200&type=expense&entity=" + b.Entity.ID}).Must(&list)
	var codes []string
	for _, a := range list.Data {
		if !a.Header {
			codes = append(codes, a.Code)
		}
	}
	out := make([]financetest.Line, 0, n)
	for i := range n - 1 {
		out = append(out, financetest.Line{Account: codes[i%len(codes)], Amount: "1.00"})
	}
	return append(out, financetest.Line{Account: "2100", Amount: fmt.Sprintf("-%d.00", n-1)})
}

func TestJournalLinesMax(t *testing.T) {
	b := financetest.New(t)
	for _, n := range []int{99, 100, 101, 1000} {
		b.Record("2026-04-30", lines(b, n)...)
	}
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: b.Body("2026-04-30", lines(b, 1001)...)}).Refused(422, "API-026:/lines")
	b.Project()
	if tb := trialBalance(b, "2026-04-30"); tb.Credit.Amount() != "1296.00" || tb.Debit.Amount() != "1296.00" || tb.Pending.Acts != 0 {
		t.Errorf("trial balance: %s / %s, %d acts wait", tb.Debit, tb.Credit, tb.Pending.Acts)
	}
}

// TestLargeActIsTakenUpOnceThoughInterrupted stops the projection of an act that needs several transactions after each of
// them in turn, and resumes it.
func TestLargeActIsTakenUpOnceThoughInterrupted(t *testing.T) {
	b := financetest.New(t)
	b.Record("2026-04-30", lines(b, 1000)...)
	for done := range 3 {
		acts, err := b.DB.PendingActs(t.Context(), finance.Table, b.Tenant, 10)
		if err != nil {
			t.Fatal(err)
		}
		stopping := &stopAfterOne{Projector: financedb.NewProjector(b.DB)}
		r := relay.New(b.DB, nil, stopping)
		if len(acts) != 1 || len(acts[0].Done) != done {
			t.Fatalf("after %d interruptions the waiting acts are %+v", done, acts)
		}
		if err := r.Drain(t.Context(), finance.Table, b.Tenant); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	b.Project()
	if tb := trialBalance(b, "2026-04-30"); tb.Credit.Amount() != "999.00" || tb.Debit.Amount() != "999.00" {
		t.Errorf("trial balance: %s / %s", tb.Debit, tb.Credit)
	}
}

// stopAfterOne ends the context at the second transaction of a projection.
type stopAfterOne struct{ *financedb.Projector }

func (s *stopAfterOne) Project(ctx context.Context, acts []store.PendingAct) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := &store.Meter{}
	return s.Projector.Project(cancelAfter{store.WithMeter(ctx, m), m, cancel}, acts)
}

// cancelAfter is a context that ends once a part has been written.
type cancelAfter struct {
	context.Context
	meter  *store.Meter
	cancel context.CancelFunc
}

func (c cancelAfter) Err() error {
	if c.meter.Count().WrittenItems > 0 {
		c.cancel()
	}
	return c.Context.Err()
}
