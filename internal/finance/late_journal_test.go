package finance_test

import (
	"errors"
	"testing"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/relay"
)

// TestLateJournalIsParked closes a period behind the system's back while a journal in it waits: the journal must not change
// final totals in silence, must not hold up the others, and is taken up once the period is open again.
func TestLateJournalIsParked(t *testing.T) {
	b := financetest.New(t)
	b.Record("2026-04-30", two("10.00")...)
	setState(b, "2026-04", finance.PeriodClosed)
	b.Record("2026-05-31", two("5.00")...)
	var parked *relay.ParkedError
	if err := b.Relay.Drain(t.Context(), finance.Table, b.Tenant); !errors.As(err, &parked) {
		t.Fatalf("no alarm: %v", err)
	}
	if tb := trialBalance(b, "2026-05-31"); tb.Debit.Amount() != "5.00" || tb.Pending.Acts != 1 {
		t.Errorf("debits %s, %d acts wait", tb.Debit, tb.Pending.Acts)
	}
	step(b, optest.Call{Op: &finance.ClosePeriod}, "2026-05", 1).Refused(409, "FIN-PER-006")
	setState(b, "2026-04", finance.PeriodOpen)
	if err := b.Relay.Retry(t.Context(), finance.Table, b.Tenant); err != nil {
		t.Fatal(err)
	}
	b.Project()
	if tb := trialBalance(b, "2026-05-31"); tb.Debit.Amount() != "15.00" || tb.Pending.Acts != 0 {
		t.Errorf("debits %s, %d acts wait", tb.Debit, tb.Pending.Acts)
	}
}

// setState writes a period's state without asking anyone.
func setState(b *financetest.Books, period string, to finance.PeriodState) {
	b.T.Helper()
	books := financedb.NewBooks(b.DB)
	c, err := books.Calendar(b.T.Context(), b.Tenant, b.Entity.ID)
	if err != nil {
		b.T.Fatal(err)
	}
	p, err := civil.ParsePeriod(period)
	if err != nil {
		b.T.Fatal(err)
	}
	one := c.Periods[p]
	one.State = to
	c.Periods[p] = one
	act := &op.Act{ID: b.Runtime.IDs.New("act"), Tenant: b.Tenant, Operation: "test", At: b.Now()}
	books.SaveCalendar(act, c)
	if err := b.Runtime.Acts.Commit(b.T.Context(), &finance.ClosePeriod.Spec, act); err != nil {
		b.T.Fatal(err)
	}
}
