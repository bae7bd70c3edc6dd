package financedb

import (
	"context"
	"strconv"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/store"
)

// A page with a filter reads on until it is full. A value that few lines have would have it read the books of years, so it ends
// after so many entries, full or not, and the next page goes on from there.
const (
	linesLookedAtMax    = 4_000
	journalsLookedAtMax = 300 // they are read whole, with up to a thousand lines each
)

// Entries lists an account's lines by date.
func (s *Balances) Entries(ctx context.Context, tenant, entity, account string, base money.Currency, r finance.EntryRange) ([]finance.LedgerEntry, map[string]string, error) {
	open := func(row entriesRow, date civil.Date) ([]finance.LedgerEntry, error) {
		out := make([]finance.LedgerEntry, len(row.Entries))
		for i, e := range row.Entries {
			var err error
			if out[i], err = fromEntryRow(account, date, base, e); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return pageOf(ctx, s.db, store.In(tenant, "LED", entity, account), r, open, linesLookedAtMax, func(all []finance.LedgerEntry) ([]bool, error) {
		keep := make([]bool, len(all))
		for i, e := range all {
			keep[i] = finance.HasValues(e.Dimensions, r.Filter)
		}
		return keep, nil
	})
}

// Listing lists posted journals by date.
func (s *Balances) Listing(ctx context.Context, tenant, entity string, base money.Currency, r finance.EntryRange) ([]finance.ListedJournal, map[string]string, error) {
	open := func(row listingRow, date civil.Date) ([]finance.ListedJournal, error) {
		out := make([]finance.ListedJournal, len(row.Journals))
		for i, j := range row.Journals {
			var err error
			if out[i], err = fromListedRow(date, base, j); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return pageOf(ctx, s.db, store.In(tenant, "REG", entity), r, open, journalsLookedAtMax, func(all []finance.ListedJournal) ([]bool, error) {
		return s.withValues(ctx, tenant, all, r.Filter)
	})
}

// withValues tells which journals have lines with some values, and makes their totals those of these lines. The listing does not
// keep dimensions, which would cost every posting; the journals themselves are read.
func (s *Balances) withValues(ctx context.Context, tenant string, all []finance.ListedJournal, filter map[string]string) ([]bool, error) {
	ids := make([]string, len(all))
	for i, j := range all {
		ids[i] = j.ID
	}
	journals, err := NewJournals(s.db).Journals(ctx, tenant, ids)
	if err != nil {
		return nil, err
	}
	keep := make([]bool, len(all))
	for i, j := range journals {
		j.Lines, keep[i] = linesWith(j.Lines, filter)
		all[i].Total = money.FromMinor(0, all[i].Total.Currency()).Add(j.Total())
	}
	return keep, nil
}

func linesWith(all []finance.Line, filter map[string]string) (some []finance.Line, found bool) {
	for _, l := range all {
		if finance.HasValues(l.Dimensions, filter) {
			some = append(some, l)
		}
	}
	return some, len(some) > 0
}

// pageOf reads rows that hold several entries each, and cuts pages inside rows: a position names a row and how many of its
// entries have been given. With a filter, only what pick picks of a row is given, of so many entries looked at.
func pageOf[R store.Item, E any](ctx context.Context, db *store.DB, pk store.Partition, r finance.EntryRange,
	open func(R, civil.Date) ([]E, error), lookedAtMax int, pick func([]E) ([]bool, error),
) ([]E, map[string]string, error) {
	// A row's key begins with its date and a bar; a brace comes after everything that does. The day after the last would do, too,
	// but the last day of all has none that sorts after it.
	from, to := store.At(r.From.String()), store.AtText(r.To.String()+"}")
	skip := 0
	if r.After != nil {
		from = store.AtText(r.After["row"])
		var err error
		if skip, err = strconv.Atoi(r.After["skip"]); err != nil {
			return nil, nil, err
		}
	}
	var out []E
	lookedAt := 0
	for {
		rows, next, err := store.Scan[R](ctx, db, store.Range{Table: table, PK: pk, From: &from, To: &to, Limit: r.Limit + 1})
		if err != nil {
			return nil, nil, err
		}
		for _, row := range rows {
			key := store.SortOf(row)
			if len(r.Filter) > 0 && lookedAt >= lookedAtMax {
				return out, map[string]string{"row": key, "skip": strconv.Itoa(skip)}, nil
			}
			entries, picked, err := openRow(row, key, r, open, pick)
			if err != nil {
				return nil, nil, err
			}
			lookedAt += len(entries)
			for i := skip; i < len(entries); i++ {
				if picked != nil && !picked[i] {
					continue
				}
				if len(out) == r.Limit {
					return out, map[string]string{"row": key, "skip": strconv.Itoa(i)}, nil
				}
				out = append(out, entries[i])
			}
			// The next row begins after this one, whatever its key: no text stands between one and itself with a nought added.
			skip = 0
			from = store.AtText(key + "\x00")
		}
		if next == nil {
			return out, nil, nil
		}
	}
}

// openRow gives a row's entries and, with a filter, which of them it takes.
func openRow[R store.Item, E any](row R, key string, r finance.EntryRange, open func(R, civil.Date) ([]E, error), pick func([]E) ([]bool, error)) ([]E, []bool, error) {
	date, err := civil.ParseDate(key[:len("2006-01-02")])
	if err != nil {
		return nil, nil, err
	}
	entries, err := open(row, date)
	if err != nil || len(r.Filter) == 0 {
		return entries, nil, err
	}
	picked, err := pick(entries)
	return entries, picked, err
}
