package finance

import (
	"time"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
)

// PeriodState is how far an accounting period is closed.
type PeriodState string

// The states of a period, in their order.
const (
	PeriodOpen    PeriodState = "open"
	PeriodClosing PeriodState = "closing" // refuses postings; waits until none can be under way
	PeriodClosed  PeriodState = "closed"
	PeriodLocked  PeriodState = "locked" // never opens again
)

// settleAfter is how long a period stays closing before it may be closed: longer than any command may run.
const settleAfter = 60 * time.Second

// fiscalYearMax is the last year that dates are written with.
const fiscalYearMax = 9999

// Period is one accounting period of an entity.
type Period struct {
	ID      string       `json:"id" doc:"<entity id>.<yyyy-mm>"`
	Entity  string       `json:"entity"`
	Period  civil.Period `json:"period"`
	State   PeriodState  `json:"state" enum:"open,closing,closed,locked"`
	Since   time.Time    `json:"since" doc:"When the period came into this state"`
	Version int          `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (p Period) RecordVersion() int { return p.Version }

// FiscalYear is a fiscal year of an entity: twelve periods.
type FiscalYear struct {
	ID      string     `json:"id" doc:"<entity id>.FY<yyyy-mm>, by its first period"`
	Entity  string     `json:"entity"`
	Start   civil.Date `json:"start"`
	End     civil.Date `json:"end"`
	Periods []Period   `json:"periods"`
	Version int        `json:"version"`
}

// RecordVersion gives the version for the ETag.
func (y FiscalYear) RecordVersion() int { return y.Version }

// Location gives the record's address.
func (y FiscalYear) Location() string { return "/finance/v1/fiscal-years/" + y.ID }

// Calendar is an entity's fiscal calendar: all its periods, one item of the store.
type Calendar struct {
	Entity     string
	StartMonth int
	Periods    map[civil.Period]Period
	Version    int
}

// YearStart gives the first period of the fiscal year that a period belongs to.
func (c Calendar) YearStart(p civil.Period) civil.Period {
	back := (int(p.Month()) - c.StartMonth + 12) % 12 // months since the year began; + 12 keeps Go's remainder from being negative
	return p.Add(-back)
}

// ends gives the first and the last period of the calendar; zero when it is empty.
func (c Calendar) ends() (first, last civil.Period) {
	for p := range c.Periods {
		if first.IsZero() || p.Before(first) {
			first = p
		}
		if last.IsZero() || p.After(last) {
			last = p
		}
	}
	return first, last
}

// OpenYear adds the fiscal year that begins with a period. Years follow one another without gap or overlap; a year may be put
// before the first, while that is open, or after the last.
func (c Calendar) OpenYear(start civil.Period, at time.Time) (FiscalYear, error) {
	first, last := c.ends()
	if int(start.Month()) != c.StartMonth {
		c := fault.Collect()
		c.Say("/start", RuleYearOverlap, "The entity's fiscal years begin in another month.")
		return FiscalYear{}, c.Err()
	}
	if start.Add(11).Year() > fiscalYearMax {
		return FiscalYear{}, RuleYearLast.At("/start")
	}
	if !first.IsZero() && start.Compare(last.Next()) != 0 && start.Add(12).Compare(first) != 0 {
		return FiscalYear{}, RuleYearOverlap.At("/start")
	}
	if !first.IsZero() && start.Before(first) && c.Periods[first].State != PeriodOpen {
		return FiscalYear{}, RulePeriodLater.Err() // postings into it would change what closed periods were closed with
	}
	for i := range 12 {
		p := start.Add(i)
		c.Periods[p] = Period{ID: c.Entity + "." + p.String(), Entity: c.Entity, Period: p, State: PeriodOpen, Since: at, Version: 1}
	}
	return c.Year(start), nil
}

// Year gathers the fiscal year that begins with a period; its version is the sum of its periods', so that any change shows.
func (c Calendar) Year(start civil.Period) FiscalYear {
	// The versions of twelve periods that nobody has touched sum to 12; counted from -11, a new year's version is 1.
	y := FiscalYear{ID: c.Entity + ".FY" + start.String(), Entity: c.Entity, Start: start.First(), End: start.Add(11).Last(), Version: -11}
	for i := range 12 {
		p := c.Periods[start.Add(i)]
		y.Periods = append(y.Periods, p)
		y.Version += p.Version
	}
	return y
}

// Years lists all fiscal years, the earliest first.
func (c Calendar) Years() []FiscalYear {
	var out []FiscalYear
	first, last := c.ends()
	if first.IsZero() {
		return nil
	}
	for p := first; !p.After(last); p = p.Add(12) {
		out = append(out, c.Year(p))
	}
	return out
}

// Postable refuses a date whose period takes no postings; pointer names the field.
func (c Calendar) Postable(on civil.Date, pointer string) error {
	p, ok := c.Periods[civil.PeriodOf(on)]
	switch {
	case !ok:
		return RuleNoPeriod.At(pointer)
	case p.State == PeriodLocked:
		return RulePeriodLocked.At(pointer)
	case p.State != PeriodOpen:
		return RulePeriodClosed.At(pointer)
	}
	return nil
}

// Step moves a period to another state. Earlier periods close first; later ones reopen first.
func (c Calendar) Step(p Period, to PeriodState, at time.Time) (Period, error) {
	switch {
	case p.State == PeriodOpen && to == PeriodClosing, p.State == PeriodClosed && to == PeriodLocked:
		if prev, ok := c.Periods[p.Period.Prev()]; ok && order(prev.State) < order(to) {
			return p, RulePeriodOrder.Err()
		}
	case p.State == PeriodClosing && to == PeriodClosed:
		// A command that began before the period went into closing may still be under way and has seen it open. Once the longest
		// of them must have ended, nothing more can come, and the totals are final.
		if prev, ok := c.Periods[p.Period.Prev()]; ok && order(prev.State) < order(to) {
			return p, RulePeriodOrder.Err()
		}
		if wait := settleAfter - at.Sub(p.Since); wait > 0 {
			return p, RulePeriodSettle.Err().After(wait)
		}
	case (p.State == PeriodClosing || p.State == PeriodClosed) && to == PeriodOpen: // a locked period never is reopened
		if next, ok := c.Periods[p.Period.Next()]; ok && next.State != PeriodOpen {
			return p, RulePeriodLater.Err()
		}
	default:
		return p, RulePeriodState.Err()
	}
	p.State, p.Since = to, at
	p.Version++
	return p, nil
}

// order ranks the states: an earlier period is never less closed than a later one.
func order(s PeriodState) int {
	return map[PeriodState]int{PeriodOpen: 0, PeriodClosing: 1, PeriodClosed: 2, PeriodLocked: 3}[s]
}
