package finance_test

import (
	"fmt"
	"reflect"
	"sync"
	"testing"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/finance/financewire"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/store/storetest"
)

// twoProcesses are the same books as two processes have them: one store, and for each a client and a memory of its own.
func twoProcesses(t *testing.T) (here *financetest.Books, there *optest.Kit) {
	t.Helper()
	engine := storetest.Engine(t)
	here = financetest.Over(t, storetest.On(t, engine.RoundTripper()))
	db := storetest.On(t, engine.RoundTripper())
	there = optest.New(t, db, nil)
	there.Tenant, there.Runtime.IDs = here.Tenant, here.Runtime.IDs
	ports, err := financewire.Open(t.Context(), there.Env)
	if err != nil {
		t.Fatal(err)
	}
	there.Ports = ports
	return here, there
}

// TestAnotherProcessChangesTheBooks holds that a posting decides by the chart and the calendar of the moment, whichever process
// changed them, although it decodes neither again as long as they stay as they are.
func TestAnotherProcessChangesTheBooks(t *testing.T) {
	here, there := twoProcesses(t)
	keys := 0
	other := func(c optest.Call) optest.Answer {
		keys++
		c.Key = fmt.Sprintf("there-%d", keys)
		return there.Do(c)
	}
	posting := optest.Call{Op: &finance.RecordJournal, Body: here.Body("2026-04-30", financetest.Line{Account: "7190", Amount: "1.00"}, financetest.Line{Account: "2100", Amount: "-1.00"})}
	posted := func() { t.Helper(); here.Do(posting).Must(nil) }

	here.Do(posting).Refused(422, "FIN-JRN-007:/lines/0/account")
	var a finance.Account
	other(optest.Call{Op: &finance.CreateAccount, Body: accountBody(here, "7190")}).Must(&a)
	posted()
	posted()
	other(onAccount(a, &finance.UpdateAccount, `{"dimensions":[{"dimension":"project","presence":"required"}]}`)).Must(&a)
	here.Do(posting).Refused(422, "FIN-JRN-010:/lines/0/dimensions/project")
	other(onAccount(a, &finance.UpdateAccount, `{"dimensions":[]}`)).Must(&a)
	posted()
	period := map[string]string{"periodId": here.Entity.ID + ".2026-04"}
	other(optest.Call{Op: &finance.StartClosingPeriod, Path: period, Version: 1}).Must(nil)
	here.Do(posting).Refused(422, "FIN-JRN-004:/date")
	other(optest.Call{Op: &finance.ReopenPeriod, Path: period, Version: 2}).Must(nil)
	posted()
	other(onAccount(a, &finance.ArchiveAccount, nil)).Must(&a)
	here.Do(posting).Refused(422, "FIN-JRN-008:/lines/0/account")
}

// TestNobodyChangesSharedBooks does all that can be done to what a reader was given: the next reader finds the books as they
// are in the store.
func TestNobodyChangesSharedBooks(t *testing.T) {
	b := financetest.New(t)
	a := addAccount(b, "7190", "dimensions", []any{map[string]string{"dimension": "project", "presence": "required"}})
	books := financedb.NewBooks(b.DB)
	read := func() finance.Books {
		t.Helper()
		got, err := books.Posting(t.Context(), b.Tenant, b.Entity.ID, nil)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	spoilt := read()
	want := fmt.Sprintf("%+v", spoilt) // a text, which nothing that is shared can change
	spoilt.Chart.Dimensions[0].Code = "spoilt"
	spoilt.Chart.Series[0].Gapless = true
	spoilt.Chart.Series = append(spoilt.Chart.Series, finance.Series{Code: "SPOILT"})
	one, _ := spoilt.Chart.Accounts.Get(a.Code)
	one.Dimensions[0].Presence = finance.Forbidden
	for _, each := range spoilt.Chart.Accounts.All() {
		if len(each.Dimensions) > 0 {
			each.Dimensions[0].Presence = finance.Forbidden
		}
	}
	one.Archived = true
	changed := spoilt.Chart.Accounts.With(one)
	one.Dimensions[0].Dimension = "spoilt"
	if got, _ := changed.Get(a.Code); !got.Archived || got.Dimensions[0].Dimension != "project" {
		t.Errorf("accounts with another one have %+v", got)
	}
	for p, period := range spoilt.Calendar.Periods {
		period.State = finance.PeriodLocked
		spoilt.Calendar.Periods[p] = period
	}
	again := read()
	if got := fmt.Sprintf("%+v", again); got != want {
		t.Errorf("read %s, then %s", want, got)
	}
	chart, err := books.Chart(t.Context(), b.Tenant, b.Entity.ID)
	calendar, err2 := books.Calendar(t.Context(), b.Tenant, b.Entity.ID)
	if err != nil || err2 != nil || !reflect.DeepEqual(chart, again.Chart) || !reflect.DeepEqual(calendar, again.Calendar) {
		t.Errorf("%v, %v: by themselves they are %+v and %+v", err, err2, chart, calendar)
	}
}

// TestSharedBooksUnderConcurrency has postings, changes of the chart and readers that spoil what they are given run together:
// for the race detector, and to see that every change survives.
func TestSharedBooksUnderConcurrency(t *testing.T) {
	b := financetest.New(t)
	books := financedb.NewBooks(b.DB)
	const rounds, workers = 15, 4
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				if err := work(t, b, books, w, i); err != nil {
					t.Errorf("worker %d: %v", w, err)
					return
				}
			}
		})
	}
	wg.Wait()
	chart, err := books.Chart(t.Context(), b.Tenant, b.Entity.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rounds {
		if _, there := chart.Accounts.Get(fmt.Sprintf("X%03d", i)); !there {
			t.Errorf("account %d is lost", i)
		}
	}
}

// work is what one goroutine does: the first adds accounts, the others spoil what they read.
func work(t *testing.T, b *financetest.Books, books *financedb.Books, worker, round int) error {
	got, err := books.Posting(t.Context(), b.Tenant, b.Entity.ID, nil)
	if err != nil {
		return err
	}
	if worker == 0 {
		a, err := got.Chart.Add(fmt.Sprintf("X%03d", round), finance.AccountFields{Name: "One more", Type: finance.Expense, Class: "administrative-expenses"})
		if err != nil {
			return err
		}
		got.Chart.Accounts = got.Chart.Accounts.With(a)
		act := &op.Act{ID: fmt.Sprintf("act_%d", round), Tenant: b.Tenant, Operation: "test", At: b.Now()}
		books.SaveChart(act, got.Chart)
		return b.Runtime.Acts.Commit(t.Context(), &finance.CreateAccount.Spec, act)
	}
	got.Chart.Series[0].Gapless = !got.Chart.Series[0].Gapless
	got.Calendar.Periods[civil.Period{}] = finance.Period{}
	for code := range got.Chart.Accounts.All() {
		if _, there := got.Chart.Accounts.Get(code); !there {
			return fmt.Errorf("account %s has gone", code)
		}
	}
	return nil
}
