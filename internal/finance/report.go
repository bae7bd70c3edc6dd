package finance

import (
	"context"
	"sort"
	"strings"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// ReportIn is what every report by date takes.
type ReportIn struct {
	Entity    string     `query:"entity" json:"-" required:"true" maxLength:"64" doc:"The entity whose books are read"`
	AsOf      civil.Date `query:"asOf" json:"-" doc:"The last day that counts; today unless given"`
	Dimension []string   `query:"dimension" json:"-" maxLength:"80" doc:"Only lines with these values, each written dimension:value"`
}

// reading is a report's view of the books.
type reading struct {
	chart    Chart
	calendar Calendar
	sel      Selection
	waiting  Waiting
}

// read loads what every report needs. What waits is counted before the balances are read, so that a report never claims to
// hold more than it does.
func (d Ports) read(ctx context.Context, c *op.Call, in ReportIn) (reading, error) {
	filter, err := in.filter()
	if err != nil {
		return reading{}, err
	}
	values := make([]DimensionKey, 0, len(filter))
	for dim, v := range filter {
		values = append(values, DimensionKey{dim, v})
	}
	books, err := d.posting(ctx, c, in.Entity, values)
	if err != nil {
		if fault.Is(err, RuleEntityUnknown.Code) {
			err = op.RuleNotFound.Err()
		}
		return reading{}, err
	}
	r := reading{chart: books.Chart, calendar: books.Calendar}
	if r.sel, err = books.Chart.Select(filter); err != nil {
		return r, err
	}
	for _, v := range values { // an archived value keeps its past; one that never was is a slip of the pen, and no report of noughts
		if _, known := books.Values[v]; !known {
			return r, RuleValueUnknown.At("dimension")
		}
	}
	r.waiting, err = d.Pending.Pending(ctx, c.Tenant)
	return r, err
}

func (in ReportIn) filter() (map[string]string, error) {
	out := map[string]string{}
	for _, text := range in.Dimension {
		d, v, ok := strings.Cut(text, ":")
		if !ok || d == "" || v == "" || out[d] != "" {
			return nil, RuleFilterForm.At("dimension")
		}
		out[d] = v
	}
	return out, nil
}

func (in ReportIn) day(c *op.Call) civil.Date {
	if in.AsOf.IsZero() {
		return civil.FromTime(c.At)
	}
	return in.AsOf
}

// totals are an account's sums over a stretch of days.
type totals struct{ debit, credit money.Money }

func (t totals) net() money.Money { return t.debit.Sub(t.credit) }

// span is a stretch of days, both ends within it; a zero From is the beginning of the books.
type span struct{ from, to civil.Date }

// movements sums what moved on every account within each of several spans, reading the monthly totals once and the daily
// totals only for months that a span cuts.
func (d Ports) movements(ctx context.Context, c *op.Call, entity string, r reading, spans ...span) ([]map[string]totals, error) {
	base := r.chart.Currency
	through := civil.PeriodOf(spans[0].to)
	for _, s := range spans {
		if p := civil.PeriodOf(s.to); p.After(through) {
			through = p
		}
	}
	months, err := d.Balances.Periods(ctx, c.Tenant, entity, base, r.sel, through)
	if err != nil {
		return nil, err
	}
	out := make([]map[string]totals, len(spans))
	cut := map[civil.Period][]DayTotals{}
	for i, s := range spans {
		out[i] = map[string]totals{}
		for _, p := range s.cuts() {
			if _, have := cut[p]; have {
				continue
			}
			if cut[p], err = d.Balances.Days(ctx, c.Tenant, entity, base, r.sel, p); err != nil {
				return nil, err
			}
		}
		s.sum(out[i], base, months, cut)
	}
	return out, nil
}

// cuts lists the months of which the span holds only a part.
func (s span) cuts() []civil.Period {
	var out []civil.Period
	last := civil.PeriodOf(s.to)
	if last.Last() != s.to {
		out = append(out, last)
	}
	if first := civil.PeriodOf(s.from); !s.from.IsZero() && first.First() != s.from && (len(out) == 0 || out[0] != first) {
		out = append(out, first)
	}
	return out
}

func (s span) sum(into map[string]totals, base money.Currency, months []PeriodTotals, days map[civil.Period][]DayTotals) {
	add := func(account string, debit, credit money.Money) {
		t, ok := into[account]
		if !ok {
			t = totals{money.FromMinor(0, base), money.FromMinor(0, base)}
		}
		into[account] = totals{t.debit.Add(debit), t.credit.Add(credit)}
	}
	whole := map[civil.Period]bool{}
	for _, p := range s.cuts() {
		whole[p] = true
		for _, t := range days[p] {
			if !t.Date.After(s.to) && (s.from.IsZero() || !t.Date.Before(s.from)) {
				add(t.Account, t.Debit, t.Credit)
			}
		}
	}
	for _, t := range months {
		if whole[t.Period] || t.Period.First().After(s.to) || !s.from.IsZero() && t.Period.Last().Before(s.from) {
			continue
		}
		add(t.Account, t.Debit, t.Credit)
	}
}

// yearOf gives the first day of the fiscal year that a day belongs to; of the very first year, the first day that can be written.
func (r reading) yearOf(day civil.Date) civil.Date {
	if first := r.calendar.YearStart(civil.PeriodOf(day)).First(); first.Year() > 0 {
		return first
	}
	return civil.Of(1, time.January, 1)
}

func sortedAccounts(maps ...map[string]totals) []string {
	seen := map[string]bool{}
	for _, m := range maps {
		for code := range m {
			seen[code] = true
		}
	}
	out := make([]string, 0, len(seen))
	for code := range seen {
		out = append(out, code)
	}
	sort.Strings(out)
	return out
}

// sides splits a net amount into its column.
func sides(net money.Money) (debit, credit money.Money) {
	zero := net.Sub(net)
	if net.Sign() < 0 {
		return zero, net.Neg()
	}
	return net, zero
}
