// Package financetest sets books up for tests.
package financetest

import (
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/finance/financedb"
	"backoffice/internal/finance/financewire"
	"backoffice/internal/op/optest"
	"backoffice/internal/relay"
	"backoffice/internal/store"
	"backoffice/internal/store/storetest"
)

// Books are an entity's books in a test, with the relay that keeps their projections.
type Books struct {
	*optest.Kit
	T      testing.TB
	DB     *store.DB
	Relay  *relay.Relay
	Entity finance.Entity
}

// New opens a store in memory and sets up an entity with the UK chart and the fiscal year from April 2026.
func New(t testing.TB) *Books { return Over(t, storetest.Open(t)) }

// Over sets the entity up in a store.
func Over(t testing.TB, db *store.DB) *Books {
	t.Helper()
	b := &Books{T: t, DB: db}
	b.Kit = optest.New(t, db, nil)
	ports, err := financewire.Open(t.Context(), b.Env)
	if err != nil {
		t.Fatal(err)
	}
	b.Ports = ports
	b.Relay = relay.New(db, nil, financedb.NewProjector(db))
	b.Do(optest.Call{Op: &finance.CreateEntity, Body: `{"name":"Thistle & Rowan Ltd","baseCurrency":"GBP","fiscalYearStart":4,"chart":"uk-frs102-small"}`}).Must(&b.Entity)
	b.OpenYear("2026-04")
	b.Project()
	return b
}

// OpenYear opens a fiscal year.
func (b *Books) OpenYear(start string) {
	b.T.Helper()
	b.Do(optest.Call{Op: &finance.OpenFiscalYear, Body: map[string]string{"entity": b.Entity.ID, "start": start}}).Must(nil)
}

// Project takes up every act that waits.
func (b *Books) Project() {
	b.T.Helper()
	if err := b.Relay.Drain(b.T.Context(), finance.Table, b.Tenant); err != nil {
		b.T.Fatalf("project: %v", err)
	}
}

// Line is a line of a test journal: an account and a signed amount in pounds, debits above nought.
type Line struct{ Account, Amount string }

// Body renders a journal as it is sent.
func (b *Books) Body(date string, lines ...Line) map[string]any {
	out := make([]map[string]any, len(lines))
	for i, l := range lines {
		side, amount := "debit", l.Amount
		if amount[0] == '-' {
			side, amount = "credit", amount[1:]
		}
		out[i] = map[string]any{"account": l.Account, side: map[string]string{"amount": amount, "currency": "GBP"}}
	}
	return map[string]any{"entity": b.Entity.ID, "date": date, "description": "A test", "lines": out}
}

// Record posts a journal.
func (b *Books) Record(date string, lines ...Line) finance.JournalView {
	b.T.Helper()
	var j finance.JournalView
	b.Do(optest.Call{Op: &finance.RecordJournal, Body: b.Body(date, lines...)}).Must(&j)
	return j
}
