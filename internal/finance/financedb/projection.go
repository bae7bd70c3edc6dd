package financedb

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sort"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

const (
	balanceSchema = 1
	// entriesInRowMax bounds the lines kept in one row of an account's ledger (well under the store's 400 KB).
	entriesInRowMax = 200
)

// Projector takes posted journals into the balances, the account ledgers and the journal listing, each act exactly once.
type Projector struct {
	db       *store.DB
	journals *Journals
	books    *Books
}

// NewProjector makes the projector of a process.
func NewProjector(db *store.DB) *Projector {
	return &Projector{db: db, journals: NewJournals(db), books: NewBooks(db)}
}

// Table is the table whose acts it takes up.
func (p *Projector) Table() string { return table }

// Project takes up as many of the acts as one transaction holds, at least one, and tells how many. An act too large for one
// transaction is taken up in parts, each exactly once. op.ErrConflict asks to read the pending acts anew.
func (p *Projector) Project(ctx context.Context, acts []store.PendingAct) (int, error) {
	r := p.reading()
	if err := r.ahead(ctx, acts); err != nil {
		return 0, err
	}
	all := newBatch(acts[0].Tenant, acts[0].ID)
	var taken []store.PendingAct
	for _, a := range acts {
		one := newBatch(a.Tenant, acts[0].ID) // by itself first: it may be one too many for the transaction
		if err := r.load(ctx, a, one); err != nil {
			return 0, err
		}
		if all.size(one)+len(taken)+1+store.LinkItems > store.TransactionItemsMax {
			if len(taken) == 0 {
				return 1, p.inParts(ctx, a, one)
			}
			break
		}
		all.add(one)
		taken = append(taken, a)
	}
	writes, err := all.writes()
	if err != nil {
		return 0, err
	}
	return len(taken), p.db.Settle(ctx, taken, writes)
}

// inParts takes up one large act. How it is cut follows from the act alone, so that whoever resumes cuts it the same way.
func (p *Projector) inParts(ctx context.Context, a store.PendingAct, b *batch) error {
	writes, err := b.writes()
	if err != nil {
		return err
	}
	const partMax = store.TransactionItemsMax - 1 - store.LinkItems
	parts := (len(writes) + partMax - 1) / partMax
	for i := range parts {
		if a.Done[i] {
			continue
		}
		if err := p.db.SettlePart(ctx, a, i, i == parts-1, writes[i*partMax:min((i+1)*partMax, len(writes))]); err != nil {
			return err
		}
	}
	return nil
}

// batch gathers what a set of journals changes: sums to be added, and entries to be listed.
type batch struct {
	tenant  string
	mark    string // id of the first act of the transaction: makes the rows' keys unique
	sums    map[store.Key]map[string]*big.Int
	entries map[entryCell][]entryRow
	listing map[listCell][]listedRow
	numbers map[store.Key]map[string]string // journals' ids by document number
}

type entryCell struct{ entity, account, date string }

type listCell struct{ entity, date string }

func newBatch(tenant, mark string) *batch {
	return &batch{tenant: tenant, mark: mark, sums: map[store.Key]map[string]*big.Int{}, entries: map[entryCell][]entryRow{}, listing: map[listCell][]listedRow{},
		numbers: map[store.Key]map[string]string{}}
}

// size is how many items both batches together would write. Journals that move the same balances write those once, which is what
// makes taking up many acts at once cheap; so sizes do not simply add up.
func (b *batch) size(other *batch) int {
	n := len(b.sums) + len(b.numbers)
	for k := range other.numbers {
		if b.numbers[k] == nil {
			n++
		}
	}
	for k := range other.sums {
		if b.sums[k] == nil {
			n++
		}
	}
	for k, v := range b.entries {
		n += rowsFor(len(v) + len(other.entries[k]))
	}
	for k, v := range other.entries {
		if b.entries[k] == nil {
			n += rowsFor(len(v))
		}
	}
	for k, v := range b.listing {
		n += rowsFor(len(v) + len(other.listing[k]))
	}
	for k, v := range other.listing {
		if b.listing[k] == nil {
			n += rowsFor(len(v))
		}
	}
	return n
}

// rowsFor is how many rows so many entries fill.
func rowsFor(entries int) int { return (entries + entriesInRowMax - 1) / entriesInRowMax }

// add joins what another batch changes to this one.
func (b *batch) add(other *batch) {
	for k, sums := range other.sums {
		for name, v := range sums {
			b.sum(k, name, v)
		}
	}
	for k, v := range other.entries {
		b.entries[k] = append(b.entries[k], v...)
	}
	for k, v := range other.numbers {
		for name, id := range v {
			b.number(k, name, id)
		}
	}
	for k, v := range other.listing {
		b.listing[k] = append(b.listing[k], v...)
	}
}

// sum adds to one attribute of a row of balances. Sums are of any size: minor units of years of postings must not wrap round.
func (b *batch) sum(k store.Key, name string, v *big.Int) {
	if b.sums[k] == nil {
		b.sums[k] = map[string]*big.Int{}
	}
	if b.sums[k][name] == nil {
		b.sums[k][name] = new(big.Int)
	}
	b.sums[k][name].Add(b.sums[k][name], v)
}

// number notes which journal has a document number.
func (b *batch) number(k store.Key, name, id string) {
	if b.numbers[k] == nil {
		b.numbers[k] = map[string]string{}
	}
	b.numbers[k][name] = id
}

// journal adds all that one journal changes. Every movement is summed twice, by month and by day, so that a report of any day
// reads months up to the last whole one and the days of one month besides, however long the books are.
func (b *batch) journal(j finance.Journal, combinations [][]string) {
	for _, m := range j.Movements(combinations) {
		period := civil.PeriodOf(m.Date)
		year, day := yearKey(b.tenant, j.Entity, m.Key, period.Year()), dayKey(b.tenant, j.Entity, m.Key, period)
		b.move(year, fmt.Sprintf("%02d", int(m.Date.Month())), m)
		b.move(day, fmt.Sprintf("%02d", m.Date.Day()), m)
	}
	date := j.Date.String()
	for i, l := range j.Lines {
		cell := entryCell{j.Entity, l.Account, date}
		b.entries[cell] = append(b.entries[cell], toEntryRow(j, i, l))
	}
	k, name := numberedKey(b.tenant, j.Entity, j.Number)
	b.number(k, name, j.ID)
	cell := listCell{j.Entity, date}
	b.listing[cell] = append(b.listing[cell], toListedRow(j))
}

// move adds a movement under the names d<nn>, c<nn> and, for a foreign line, f<nn>.
func (b *batch) move(k store.Key, nn string, m finance.Movement) {
	for prefix, v := range map[string]money.Money{"d": m.Debit, "c": m.Credit, "f": m.Foreign} {
		if !v.IsZero() {
			n, ok := new(big.Int).SetString(v.MinorString(), 10)
			if !ok {
				panic("financedb: minor units are no whole number")
			}
			b.sum(k, prefix+nn, n)
		}
	}
}

// writes renders the batch, in an order that follows from its content.
func (b *batch) writes() ([]*store.Write, error) {
	var out []*store.Write
	for k, sums := range b.sums {
		// Added in the store and not read first: two projections that meet at one balance cannot overwrite each other. That
		// each act is added once is the affair of its mark, which the same transaction takes off.
		edits := make([]store.Edit, 0, len(sums)+1)
		for _, name := range slices.Sorted(maps.Keys(sums)) {
			edits = append(edits, store.Add(name, store.Number(sums[name].String())))
		}
		edits = append(edits, store.Set("sv", balanceSchema))
		out = append(out, store.Mutate(k, edits, "", nil, op.ErrConflict))
	}
	for cell, rows := range b.entries {
		for n := 0; n*entriesInRowMax < len(rows); n++ {
			k := entriesKey(b.tenant, cell.entity, cell.account, cell.date, b.mark, n)
			out = append(out, store.Create(table, entriesRow{Row: store.NewRow(k.PK, k.SK, balanceSchema, 0),
				Entries: rows[n*entriesInRowMax : min((n+1)*entriesInRowMax, len(rows))]}, op.ErrConflict))
		}
	}
	for cell, rows := range b.listing {
		for n := 0; n*entriesInRowMax < len(rows); n++ {
			k := listingKey(b.tenant, cell.entity, cell.date, b.mark, n)
			out = append(out, store.Create(table, listingRow{Row: store.NewRow(k.PK, k.SK, balanceSchema, 0),
				Journals: rows[n*entriesInRowMax : min((n+1)*entriesInRowMax, len(rows))]}, op.ErrConflict))
		}
	}
	for k, names := range b.numbers {
		edits := make([]store.Edit, 0, len(names)+1)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			edits = append(edits, store.Set(name, names[name]))
		}
		out = append(out, store.Mutate(k, append(edits, store.Set("sv", balanceSchema)), "", nil, op.ErrConflict))
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Target() < out[j].Target() })
	return out, nil
}
