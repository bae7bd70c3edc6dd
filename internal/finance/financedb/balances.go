package financedb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/store"
)

// Balances reads the projections.
type Balances struct{ db *store.DB }

// NewBalances makes the reader of projections.
func NewBalances(db *store.DB) *Balances { return &Balances{db: db} }

// Periods gives the monthly totals of every account through a period: a row for each account, currency and calendar year.
func (s *Balances) Periods(ctx context.Context, tenant, entity string, base money.Currency, sel finance.Selection, through civil.Period) ([]finance.PeriodTotals, error) {
	rows, err := s.totals(ctx, store.In(tenant, "BAL", entity, viewName(sel.View)), sel)
	if err != nil {
		return nil, err
	}
	var out []finance.PeriodTotals
	// A row's key ends in account, currency and year; its attributes are the months' sums. Twelve months in one item make a
	// trial balance over many years a read of few items.
	for _, r := range rows {
		parts := strings.Split(r.sort, "|")
		if len(parts) != 4 {
			return nil, fmt.Errorf("financedb: balance row with key %q", r.sort)
		}
		for nn, sums := range r.sums {
			p, err := civil.ParsePeriod(fmt.Sprintf("%s-%02d", parts[3], nn))
			if err != nil {
				return nil, err
			}
			if p.After(through) {
				continue
			}
			t := finance.PeriodTotals{Account: store.Part(parts[1]), Currency: parts[2], Period: p}
			if t.Debit, t.Credit, t.Foreign, err = sums.money(base, t.Currency); err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}

// Days gives the daily totals of every account within a period.
func (s *Balances) Days(ctx context.Context, tenant, entity string, base money.Currency, sel finance.Selection, in civil.Period) ([]finance.DayTotals, error) {
	rows, err := s.totals(ctx, store.In(tenant, "DAY", entity, viewName(sel.View), in.String()), sel)
	if err != nil {
		return nil, err
	}
	var out []finance.DayTotals
	for _, r := range rows {
		parts := strings.Split(r.sort, "|")
		if len(parts) != 3 {
			return nil, fmt.Errorf("financedb: day row with key %q", r.sort)
		}
		for nn, sums := range r.sums {
			t := finance.DayTotals{Account: store.Part(parts[1]), Currency: parts[2], Date: in.First().AddDays(nn - 1)}
			if t.Debit, t.Credit, t.Foreign, err = sums.money(base, t.Currency); err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	return out, nil
}

// sums are one month's or day's totals in minor units.
type sums struct{ debit, credit, foreign string }

func (s sums) money(base money.Currency, currency string) (debit, credit, foreign money.Money, err error) {
	if debit, err = minor(s.debit, base); err != nil {
		return
	}
	if credit, err = minor(s.credit, base); err != nil {
		return
	}
	if s.foreign != "" {
		foreign, err = minor(s.foreign, money.Currency(currency))
	}
	return
}

func minor(text string, c money.Currency) (money.Money, error) {
	if text == "" {
		text = "0"
	}
	return money.FromMinorString(text, c)
}

// sumsRow is a row of balances as it was read: the end of its key, and its sums by month or day.
type sumsRow struct {
	sort string
	sums map[int]sums
}

// totals reads the rows of a partition that a selection asks for. Their attributes are named by what they sum and when: d04 is
// the debits of April, or of the fourth day. They are added to without being read, so they are plain numbers of minor units and
// not a document.
func (s *Balances) totals(ctx context.Context, pk store.Partition, sel finance.Selection) ([]sumsRow, error) {
	prefix := store.At(sel.Values, "")
	raw, err := s.db.ScanNumbers(ctx, store.Range{Table: table, PK: pk, Prefix: &prefix})
	if err != nil {
		return nil, err
	}
	out := make([]sumsRow, 0, len(raw))
	for _, r := range raw {
		row := sumsRow{sort: r.SK, sums: map[int]sums{}}
		for name, n := range r.Numbers {
			nn, err := strconv.Atoi(name[1:])
			if err != nil {
				continue // the head's own numbers
			}
			one := row.sums[nn]
			switch name[0] {
			case 'd':
				one.debit = n
			case 'c':
				one.credit = n
			case 'f':
				one.foreign = n
			}
			row.sums[nn] = one
		}
		out = append(out, row)
	}
	return out, nil
}
