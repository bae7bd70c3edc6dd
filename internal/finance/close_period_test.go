package finance_test

import (
	"testing"
	"time"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
)

func step(b *financetest.Books, o optest.Call, period string, version int) optest.Answer {
	o.Path, o.Version = map[string]string{"periodId": b.Entity.ID + "." + period}, version
	return b.Do(o)
}

func TestPeriodClosesInTwoStepsEarlierFirst(t *testing.T) {
	b := financetest.New(t)
	b.Record("2026-04-30", two("10.00")...)
	start, closing, lock, reopen := optest.Call{Op: &finance.StartClosingPeriod}, optest.Call{Op: &finance.ClosePeriod}, optest.Call{Op: &finance.LockPeriod}, optest.Call{Op: &finance.ReopenPeriod}
	step(b, start, "2026-05", 1).Refused(409, "FIN-PER-003")
	step(b, closing, "2026-04", 1).Refused(409, "FIN-PER-006") // an act waits
	step(b, start, "2026-04", 1).Must(nil)
	b.Project()
	step(b, closing, "2026-04", 2).Refused(409, "FIN-PER-005") // postings may be under way
	b.Later(2 * time.Minute)
	step(b, closing, "2026-04", 2).Must(nil)
	step(b, start, "2026-05", 1).Must(nil)
	step(b, reopen, "2026-04", 3).Refused(409, "FIN-PER-004")
	step(b, reopen, "2026-05", 2).Must(nil)
	step(b, lock, "2026-04", 3).Must(nil)
	step(b, reopen, "2026-04", 4).Refused(409, "FIN-PER-002")
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: b.Body("2026-04-30", two("1.00")...)}).Refused(422, "FIN-JRN-005:/date")
}
