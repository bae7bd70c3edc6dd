package financedb

import (
	"maps"
	"slices"
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/clock"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/store"
)

const bookSchema = 1

// entityRow is an entity: what stays small and is listed. Its chart and its calendar are rows of their own, since they change
// at other times, by other people, and are read on every posting.
type entityRow struct {
	store.Row
	ID      string `dynamo:"id"`
	Name    string `dynamo:"n"`
	Company string `dynamo:"co,omitempty"`
	Base    string `dynamo:"cur"`
	Start   int    `dynamo:"fy"`
	Chart   string `dynamo:"ch,omitempty"`

	Views [][]string `dynamo:"vw,omitempty"`
}

func toEntityRow(tenant string, e finance.Entity) entityRow {
	k := entityKey(tenant, e.ID)
	return entityRow{Row: store.NewRow(k.PK, k.SK, bookSchema, e.Version), ID: e.ID, Name: e.Name, Company: e.CompanyNumber,
		Base: string(e.BaseCurrency), Start: e.FiscalYearStart, Chart: e.Chart, Views: e.BalanceViews}
}

func fromEntityRow(r entityRow) finance.Entity {
	return finance.Entity{ID: r.ID, Name: r.Name, CompanyNumber: r.Company, BaseCurrency: money.Currency(r.Base), FiscalYearStart: r.Start,
		Chart: r.Chart, BalanceViews: r.Views, Version: r.Version}
}

// chartRow is a whole chart. Accounts are a map by code, which is the form in which they are looked up.
type chartRow struct {
	store.Row
	Currency   string                     `dynamo:"cur"`
	Accounts   map[string]finance.Account `dynamo:"acc"`
	Dimensions []finance.Dimension        `dynamo:"dim"`
	Views      [][]string                 `dynamo:"vw,omitempty"`
	Series     []finance.Series           `dynamo:"ser"`
}

func toChartRow(tenant string, c finance.Chart) chartRow {
	k := chartKey(tenant, c.Entity)
	return chartRow{Row: store.NewRow(k.PK, k.SK, bookSchema, c.Version), Currency: string(c.Currency), Accounts: maps.Collect(c.Accounts.All()),
		Dimensions: c.Dimensions, Views: c.Views, Series: c.Series}
}

// fromChartRow decodes charts of an entity. What it gives is shared by all readers of that version (see store.Shared): give
// callers an ownChart.
func fromChartRow(entity string) func(chartRow) (finance.Chart, error) {
	return func(r chartRow) (finance.Chart, error) {
		return finance.Chart{Entity: entity, Currency: money.Currency(r.Currency), Accounts: finance.AccountsOf(entity, r.Accounts),
			Dimensions: r.Dimensions, Views: r.Views, Series: r.Series, Version: r.Version}, nil
	}
}

// ownChart gives a caller a chart of its own. The accounts, nearly all of it, are nobody's to change and stay shared.
func ownChart(c finance.Chart) finance.Chart {
	c.Dimensions, c.Series, c.Views = slices.Clone(c.Dimensions), slices.Clone(c.Series), slices.Clone(c.Views)
	for i, v := range c.Views {
		c.Views[i] = slices.Clone(v)
	}
	return c
}

// calendarRow is a whole calendar: the periods by month, as yyyy-mm.
type calendarRow struct {
	store.Row
	Start   int                  `dynamo:"fy"`
	Periods map[string]periodRow `dynamo:"per,omitempty"`
}

type periodRow struct {
	State   string `dynamo:"s"`
	Since   string `dynamo:"t"`
	Version int    `dynamo:"v"`
}

func toCalendarRow(tenant string, c finance.Calendar) calendarRow {
	k := calendarKey(tenant, c.Entity)
	r := calendarRow{Row: store.NewRow(k.PK, k.SK, bookSchema, c.Version), Start: c.StartMonth, Periods: map[string]periodRow{}}
	for p, x := range c.Periods {
		r.Periods[p.String()] = periodRow{State: string(x.State), Since: clock.Format(x.Since), Version: x.Version}
	}
	return r
}

// fromCalendarRow decodes calendars of an entity, likewise shared.
func fromCalendarRow(entity string) func(calendarRow) (finance.Calendar, error) {
	return func(r calendarRow) (finance.Calendar, error) { return r.calendar(entity) }
}

func (r calendarRow) calendar(entity string) (finance.Calendar, error) {
	c := finance.Calendar{Entity: entity, StartMonth: r.Start, Periods: map[civil.Period]finance.Period{}, Version: r.Version}
	for text, x := range r.Periods {
		p, err := civil.ParsePeriod(text)
		if err != nil {
			return c, err
		}
		var since time.Time
		if since, err = clock.Parse(x.Since); err != nil {
			return c, err
		}
		c.Periods[p] = finance.Period{ID: entity + "." + text, Entity: entity, Period: p, State: finance.PeriodState(x.State), Since: since, Version: x.Version}
	}
	return c, nil
}

// ownCalendar gives a caller a calendar of its own, whose periods it may step.
func ownCalendar(c finance.Calendar) finance.Calendar {
	c.Periods = maps.Clone(c.Periods)
	return c
}

// recordRow is as much of a dimension value or a party as posting needs.
type recordRow struct {
	store.Row
	Archived bool `dynamo:"x,omitempty"`
}
