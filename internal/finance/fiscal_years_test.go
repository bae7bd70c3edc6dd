package finance_test

import (
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
)

func year(b *financetest.Books, start string) optest.Call {
	return optest.Call{Op: &finance.OpenFiscalYear, Body: map[string]string{"entity": b.Entity.ID, "start": start}}
}

// Years follow one another: after the last, or before the first while nothing of it is closed.
func TestOpenFiscalYear(t *testing.T) {
	b := financetest.New(t) // with the year from April 2026
	var y finance.FiscalYear
	b.Do(year(b, "2027-04")).Must(&y)
	if len(y.Periods) != 12 || y.Start.String() != "2027-04-01" || y.End.String() != "2028-03-31" || !strings.HasSuffix(y.ID, ".FY2027-04") {
		t.Errorf("%+v", y)
	}
	for name, start := range map[string]string{"again": "2027-04", "gap": "2029-04", "other month": "2028-01", "gap before": "2024-04"} {
		t.Run(name, func(t *testing.T) { b.Do(year(b, start)).Refused(422, "FIN-PER-001:/start") })
	}
	var far finance.Entity
	b.Do(optest.Call{Op: &finance.CreateEntity, Body: `{"name":"Far","baseCurrency":"GBP","fiscalYearStart":4}`}).Must(&far)
	late := optest.Call{Op: &finance.OpenFiscalYear, Body: map[string]string{"entity": far.ID, "start": "9999-04"}}
	b.Do(late).Refused(422, "FIN-PER-007:/start") // its last day has no form
	late.Body = map[string]string{"entity": far.ID, "start": "9998-04"}
	b.Do(late).Must(nil)
	b.Do(year(b, "2025-04")).Must(nil)
	step(b, optest.Call{Op: &finance.StartClosingPeriod}, "2025-04", 1).Must(nil)
	b.Do(year(b, "2024-04")).Refused(409, "FIN-PER-004")

	var list op.Records[finance.FiscalYear]
	b.Do(optest.Call{Op: &finance.ListFiscalYears, Query: "entity=" + b.Entity.ID}).Must(&list)
	if len(list.Data) != 3 || list.Data[0].Periods[0].State != finance.PeriodClosing {
		t.Errorf("%+v", list)
	}
	var read finance.FiscalYear
	b.Do(optest.Call{Op: &finance.GetFiscalYear, Path: map[string]string{"fiscalYearId": y.ID}}).Must(&read)
	if read.ID != y.ID || read.Version != y.Version {
		t.Errorf("%+v", read)
	}
}

// The version of a year shows every step of its periods.
func TestAPeriodsStepChangesItsYear(t *testing.T) {
	b := financetest.New(t)
	read := func() (y finance.FiscalYear) {
		b.Do(optest.Call{Op: &finance.GetFiscalYear, Path: map[string]string{"fiscalYearId": b.Entity.ID + ".FY2026-04"}}).Must(&y)
		return y
	}
	before := read()
	step(b, optest.Call{Op: &finance.StartClosingPeriod}, "2026-04", 1).Must(nil)
	if after := read(); after.Version != before.Version+1 {
		t.Errorf("version %d, then %d", before.Version, after.Version)
	}
	var p finance.Period
	b.Do(optest.Call{Op: &finance.GetPeriod, Path: map[string]string{"periodId": b.Entity.ID + ".2026-04"}}).Must(&p)
	if p.State != finance.PeriodClosing || p.Version != 2 {
		t.Errorf("%+v", p)
	}
	b.Do(optest.Call{Op: &finance.GetPeriod, Path: map[string]string{"periodId": b.Entity.ID + ".2031-04"}}).Refused(404, op.RuleNotFound.Code)
}
