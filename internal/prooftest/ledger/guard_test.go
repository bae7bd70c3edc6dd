package ledger

import (
	"context"
	"errors"
	"strings"
	"testing"

	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/op/optest"
	"backoffice/internal/store"
)

// stranger is a store of journals that puts them under another tenant's key.
type stranger struct{ finance.JournalStore }

// Add puts the journal where it does not belong.
func (s stranger) Add(act *op.Act, j finance.Journal) {
	other := &op.Act{Tenant: "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"}
	s.JournalStore.Add(other, j)
	for _, w := range other.Writes() {
		act.Write(w)
	}
}

// nosy are books that look where the operation has no business.
type nosy struct {
	finance.BookStore
	db            *store.DB
	table, tenant string
}

// Posting reads what the operation's spec does not declare.
func (n nosy) Posting(ctx context.Context, tenant, entity string, values []finance.DimensionKey, parties ...string) (finance.Books, error) {
	type row struct{ store.Row }
	_, _, err := store.Load[row](ctx, n.db, store.Key{Table: n.table, PK: store.In(n.tenant, "JOB"), SK: store.At("x")})
	if err != nil {
		return finance.Books{}, err
	}
	return n.BookStore.Posting(ctx, tenant, entity, values, parties...)
}

// What an operation does beyond its grants is refused by the store's client itself, and nothing is written.
func TestPlantedReachesAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		port  func(w *world, d *finance.Ports)
		names string
	}{
		"wrong tenant in a key": {func(_ *world, d *finance.Ports) { d.Journals = stranger{d.Journals} }, "another tenant"},
		"undeclared table":      {func(w *world, d *finance.Ports) { d.Books = nosy{d.Books, w.DB, "migration", w.Tenant} }, "table migration"},
		"another tenant's read": {func(w *world, d *finance.Ports) {
			d.Books = nosy{d.Books, w.DB, finance.Table, "ten_01JD2M8G3S6QX4T5V7W9Y0Z1A2"}
		}, "another tenant"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			before := w.census(t)
			ports := w.Ports.(finance.Ports)
			c.port(w, &ports)
			w.Ports = ports
			a := w.Do(optest.Call{Op: &finance.RecordJournal, Body: twoLines(w.Entity.ID, "GRN")})
			var denied *store.DeniedError
			if a.Status != 500 || !errors.As(a.Problem, &denied) || !strings.Contains(denied.Error(), c.names) {
				t.Errorf("the guard let it pass: %d %s (%v)", a.Status, a.Body, a.Problem)
			}
			if strings.Contains(string(a.Body), c.names) {
				t.Errorf("the caller is told of it: %s", a.Body)
			}
			if after := w.census(t); after["JRN"] != before["JRN"] || after["ACT"] != before["ACT"] {
				t.Errorf("something was written: %v, before %v", after, before)
			}
		})
	}
}
