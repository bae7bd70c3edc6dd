package financedb

import (
	"context"

	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// Books keeps entities, charts and calendars.
type Books struct{ db *store.DB }

// NewBooks makes the store of books.
func NewBooks(db *store.DB) *Books { return &Books{db: db} }

// Entity reads an entity.
func (s *Books) Entity(ctx context.Context, tenant, id string) (finance.Entity, error) {
	r, found, err := store.Load[entityRow](ctx, s.db, entityKey(tenant, id))
	if err != nil {
		return finance.Entity{}, err
	}
	if !found {
		return finance.Entity{}, op.RuleNotFound.Err()
	}
	return fromEntityRow(r), nil
}

// Entities lists the tenant's entities in the order in which they were set up.
func (s *Books) Entities(ctx context.Context, tenant string, limit int, after map[string]string) ([]finance.Entity, map[string]string, error) {
	rows, next, err := store.Scan[entityRow](ctx, s.db, store.Range{Table: table, PK: store.In(tenant, "ENT"), Limit: limit, After: after})
	if err != nil {
		return nil, nil, err
	}
	out := make([]finance.Entity, len(rows))
	for i, r := range rows {
		out[i] = fromEntityRow(r)
	}
	return out, next, nil
}

// Chart reads an entity's chart.
func (s *Books) Chart(ctx context.Context, tenant, entity string) (finance.Chart, error) {
	c, found, err := store.LoadShared(ctx, s.db, chartKey(tenant, entity), fromChartRow(entity))
	if err != nil {
		return finance.Chart{}, err
	}
	if !found {
		return finance.Chart{}, op.RuleNotFound.Err()
	}
	return ownChart(c), nil
}

// Calendar reads an entity's fiscal calendar.
func (s *Books) Calendar(ctx context.Context, tenant, entity string) (finance.Calendar, error) {
	c, found, err := store.LoadShared(ctx, s.db, calendarKey(tenant, entity), fromCalendarRow(entity))
	if err != nil {
		return finance.Calendar{}, err
	}
	if !found {
		return finance.Calendar{}, op.RuleNotFound.Err()
	}
	return ownCalendar(c), nil
}

// Posting reads chart, calendar and the named dimension values and parties in one round trip (for up to 98 of these).
func (s *Books) Posting(ctx context.Context, tenant, entity string, values []finance.DimensionKey, parties ...string) (finance.Books, error) {
	chart := store.Share(s.db, chartKey(tenant, entity), fromChartRow(entity))
	calendar := store.Share(s.db, calendarKey(tenant, entity), fromCalendarRow(entity))
	wants := []*store.Want{&chart.Want, &calendar.Want}
	rows := make([]recordRow, len(values)+len(parties))
	for i, v := range values {
		wants = append(wants, &store.Want{Key: dimensionKey(tenant, entity, v.Dimension, v.Value), Into: &rows[i]})
	}
	for i, id := range parties {
		wants = append(wants, &store.Want{Key: partyKey(tenant, id), Into: &rows[len(values)+i]})
	}
	if err := s.db.LoadAll(ctx, wants...); err != nil {
		return finance.Books{}, err
	}
	if !chart.Found || !calendar.Found {
		return finance.Books{}, finance.RuleEntityUnknown.At("/entity")
	}
	b := finance.Books{Chart: ownChart(chart.Value), Calendar: ownCalendar(calendar.Value), Values: map[finance.DimensionKey]bool{}, Parties: map[string]bool{}}
	for i, v := range values {
		if wants[i+2].Found {
			b.Values[v] = !rows[i].Archived
		}
	}
	for i, id := range parties {
		if n := len(values) + i; wants[n+2].Found {
			b.Parties[id] = !rows[n].Archived
		}
	}
	return b, nil
}

// AddEntity puts a new entity with its chart and calendar.
func (s *Books) AddEntity(act *op.Act, e finance.Entity, chart finance.Chart, calendar finance.Calendar) {
	act.Write(store.Create(table, toEntityRow(act.Tenant, e), op.ErrConflict))
	act.Write(store.Create(table, toChartRow(act.Tenant, chart), op.ErrConflict))
	act.Write(store.Create(table, toCalendarRow(act.Tenant, calendar), op.ErrConflict))
}

// SaveEntity puts an entity over its former version.
func (s *Books) SaveEntity(act *op.Act, e finance.Entity, was int) {
	act.Write(store.Replace(table, toEntityRow(act.Tenant, e), was))
}

// SaveChart puts the chart over the version that was read.
func (s *Books) SaveChart(act *op.Act, c finance.Chart) {
	was := c.Version
	c.Version++
	act.Write(store.Replace(table, toChartRow(act.Tenant, c), was))
}

// SaveCalendar puts the calendar over the version that was read.
func (s *Books) SaveCalendar(act *op.Act, c finance.Calendar) {
	was := c.Version
	c.Version++
	act.Write(store.Replace(table, toCalendarRow(act.Tenant, c), was))
}
