package finance

import (
	"context"
	"strings"

	"backoffice/internal/civil"
	"backoffice/internal/op"
)

// YearRef names a fiscal year in the path.
type YearRef struct {
	YearID string `path:"fiscalYearId" json:"-" doc:"<entity id>.FY<yyyy-mm>"`
}

// year finds the fiscal year named in the path. It is no record of its own but twelve periods of the calendar, so an id is good
// whenever a year begins where it says.
func (d Ports) year(ctx context.Context, c *op.Call, id string) (FiscalYear, error) {
	entity, text, ok := SplitID(id)
	start, err := civil.ParsePeriod(strings.TrimPrefix(text, "FY"))
	if !ok || err != nil || !strings.HasPrefix(text, "FY") {
		return FiscalYear{}, op.RuleNotFound.Err()
	}
	calendar, err := d.calendar(ctx, c, entity)
	if err != nil {
		return FiscalYear{}, err
	}
	if _, there := calendar.Periods[start]; !there || int(start.Month()) != calendar.StartMonth {
		return FiscalYear{}, op.RuleNotFound.Err()
	}
	return calendar.Year(start), nil
}

func yearAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (FiscalYear, error) {
	return d.year(ctx, c, was.Result.ID)
}

// PeriodRef names a period in the path.
type PeriodRef struct {
	PeriodID string `path:"periodId" json:"-" doc:"<entity id>.<yyyy-mm>"`
}

// period finds the period named in the path, with the calendar it stands in, and holds its version against If-Match: the
// period's own, so that closing one month does not refuse a change to another.
func (d Ports) period(ctx context.Context, c *op.Call, id string) (Calendar, Period, error) {
	entity, text, ok := SplitID(id)
	p, err := civil.ParsePeriod(text)
	if !ok || err != nil {
		return Calendar{}, Period{}, op.RuleNotFound.Err()
	}
	calendar, err := d.calendar(ctx, c, entity)
	if err != nil {
		return calendar, Period{}, err
	}
	period, there := calendar.Periods[p]
	if !there {
		return calendar, period, op.RuleNotFound.Err()
	}
	return calendar, period, c.Match(period.Version)
}

// step moves the period named in the path to another state.
func (d Ports) step(ctx context.Context, c *op.Call, ref PeriodRef, to PeriodState) (Period, error) {
	calendar, before, err := d.period(ctx, c, ref.PeriodID)
	if err != nil {
		return before, err
	}
	after, err := calendar.Step(before, to, c.At)
	if err != nil {
		return before, err
	}
	// The calendar is written whole, on condition of its version: of two steps at once, the second decides again by the first.
	calendar.Periods[after.Period] = after
	d.Books.SaveCalendar(c.Act, calendar)
	c.Act.Changed(after.ID, after.Version, before, after)
	c.Act.Emit(EventPeriodStepped, after.ID, after.Version, PeriodStepped{Entity: after.Entity, Period: after.Period, State: after.State})
	return after, nil
}

// periodAgain answers a repeated call. The period has another version by now, so the If-Match of the first call no longer counts.
func periodAgain(ctx context.Context, c *op.Call, d Ports, _ PeriodRef, was op.Recorded) (Period, error) {
	c.Version = 0
	_, p, err := d.period(ctx, c, was.Result.ID)
	return p, err
}
