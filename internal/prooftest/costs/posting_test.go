// Package costs holds what the ledger's calls cost, counted and not timed: round trips, written items and capacity units.
package costs

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financetest"
	"backoffice/internal/op/optest"
	"backoffice/internal/store"
)

// The limits of the commonest act: a two-line journal in the base currency, in a series that may have gaps, from a warm process.
const (
	requestCallsMax      = 2
	requestItems         = 2
	requestWriteUnitsMax = 5
	// allWriteUnitsMax is with the projections, when the relay takes up acts in batches.
	allWriteUnitsMax = 10
	// steady is the load at which it holds: so many journals taken up together, over ten accounts.
	steady = 50
)

var accounts = []string{"7105", "7200", "7201", "7202", "7210", "2100", "1200", "1210", "4000", "4010"}

// pair makes the two lines of the n-th journal of a load, over ten accounts.
func pair(n int) []financetest.Line {
	return []financetest.Line{{Account: accounts[n%5], Amount: "1250.00"}, {Account: accounts[5+n%5], Amount: "-1250.00"}}
}

// posting posts journals from a warm process and then takes them up, and gives what each part cost.
func posting(t testing.TB, journals int) (request, projection store.Count) {
	t.Helper()
	b := financetest.New(t)
	b.Record("2026-04-30", pair(0)...) // leases the block of numbers
	b.Project()
	var req, proj store.Meter
	for n := range journals {
		body := b.Body("2026-04-30", pair(n)...)
		body["description"] = "Agency staff, week 47"
		b.Do(optest.Call{Op: &finance.RecordJournal, Body: body, Context: store.WithMeter(t.Context(), &req)}).Must(nil)
	}
	if err := b.Relay.Drain(store.WithMeter(t.Context(), &proj), finance.Table, b.Tenant); err != nil {
		t.Fatal(err)
	}
	return req.Count(), proj.Count()
}

// A two-line journal costs no more than the product promises, with its projections at steady load.
func TestJournalCost(t *testing.T) {
	request, projection := posting(t, steady)
	if request.Calls != requestCallsMax*steady || request.WrittenItems != requestItems*steady || request.WriteUnits > requestWriteUnitsMax*steady {
		t.Errorf("%d journals cost %+v on the request path; each may cost %d round trips, %d written items and %d write units", steady, request, requestCallsMax, requestItems, requestWriteUnitsMax)
	}
	all := (request.WriteUnits + projection.WriteUnits) / steady
	if all > allWriteUnitsMax {
		t.Errorf("a journal costs %.2f write units with its projections (%+v); %d are allowed", all, projection, allWriteUnitsMax)
	}
	t.Logf("%d journals: request path %+v, projections %+v, %.2f write units each", steady, request, projection, all)
}
