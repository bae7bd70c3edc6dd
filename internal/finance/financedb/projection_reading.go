package financedb

import (
	"context"
	"fmt"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/store"
)

// journalsAheadMax is how many journals are read at once for the acts that follow.
const journalsAheadMax = 200

// projectionReading is what one projection has read: books, and journals ahead of the acts that posted them.
type projectionReading struct {
	p         *Projector
	charts    map[string]finance.Chart
	calendars map[string]finance.Calendar
	journals  map[string]finance.Journal
	again     bool // the projections are made anew: a period that has closed since is no obstacle
}

func (p *Projector) reading() *projectionReading {
	return &projectionReading{p: p, charts: map[string]finance.Chart{}, calendars: map[string]finance.Calendar{}, journals: map[string]finance.Journal{}}
}

// ahead reads the journals of as many acts as one transaction may take up, in a few round trips instead of one for each act.
func (r *projectionReading) ahead(ctx context.Context, acts []store.PendingAct) error {
	var ids []string
	for _, a := range acts {
		if a.Project == finance.ProjectJournals && len(ids)+len(a.Records) <= journalsAheadMax {
			ids = append(ids, a.Records...)
		}
	}
	if len(acts) == 1 || len(ids) == 0 {
		return nil
	}
	all, err := r.p.journals.Present(ctx, acts[0].Tenant, ids)
	if err != nil {
		return err
	}
	for _, j := range all {
		r.journals[j.ID] = j
	}
	return nil
}

// load adds what an act's journals move to a batch.
func (r *projectionReading) load(ctx context.Context, a store.PendingAct, into *batch) error {
	if a.Project == "" {
		return nil
	}
	if a.Project != finance.ProjectJournals {
		return fmt.Errorf("act %s asks for an unknown projection", a.ID)
	}
	journals, err := r.of(ctx, a)
	if err != nil {
		return fmt.Errorf("journals of act %s: %w", a.ID, err)
	}
	for _, j := range journals {
		chart, err := r.chart(ctx, a.Tenant, j.Entity)
		if err != nil {
			return err
		}
		if !r.again {
			if err := r.inTime(ctx, a.Tenant, j); err != nil {
				return err
			}
		}
		into.journal(j, chart.Views)
	}
	return nil
}

// of gives an act's journals: those read ahead, or else all of them read now.
func (r *projectionReading) of(ctx context.Context, a store.PendingAct) ([]finance.Journal, error) {
	out := make([]finance.Journal, len(a.Records))
	for i, id := range a.Records {
		j, ok := r.journals[id]
		if !ok {
			return r.p.journals.Journals(ctx, a.Tenant, a.Records)
		}
		out[i] = j
	}
	return out, nil
}

func (r *projectionReading) chart(ctx context.Context, tenant, entity string) (finance.Chart, error) {
	if c, ok := r.charts[entity]; ok {
		return c, nil
	}
	c, err := r.p.books.Chart(ctx, tenant, entity)
	if err == nil {
		r.charts[entity] = c
	}
	return c, err
}

// inTime refuses a journal whose period is closed: a period closes only when nothing waits, so this one came when its totals
// were final already. It must be seen to, never added in silence.
func (r *projectionReading) inTime(ctx context.Context, tenant string, j finance.Journal) error {
	calendar, ok := r.calendars[j.Entity]
	if !ok {
		var err error
		if calendar, err = r.p.books.Calendar(ctx, tenant, j.Entity); err != nil {
			return err
		}
		r.calendars[j.Entity] = calendar
	}
	switch calendar.Periods[civil.PeriodOf(j.Date)].State {
	case finance.PeriodClosed, finance.PeriodLocked:
		return fmt.Errorf("journal %s reached a closed period", j.ID)
	case finance.PeriodOpen, finance.PeriodClosing:
	}
	return nil
}
