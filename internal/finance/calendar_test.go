package finance

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
)

// calendarModel is what a calendar must do, said in another way: the states of the periods in a row, from the first on.
type calendarModel struct {
	first  civil.Period
	states []PeriodState
	since  []time.Time
}

var stateOrder = []PeriodState{PeriodOpen, PeriodClosing, PeriodClosed, PeriodLocked}

func rank(s PeriodState) int {
	for i, o := range stateOrder {
		if o == s {
			return i
		}
	}
	return -1
}

// may tells whether a period may be moved, in the model's words: one step up when the one before it stands as high, or back
// to open when the one after it is open.
func (m *calendarModel) may(i int, to PeriodState, at time.Time) bool {
	from := m.states[i]
	if to == PeriodOpen {
		return (from == PeriodClosing || from == PeriodClosed) && (i+1 == len(m.states) || m.states[i+1] == PeriodOpen)
	}
	if rank(to) != rank(from)+1 || i > 0 && rank(m.states[i-1]) < rank(to) {
		return false
	}
	return to != PeriodClosed || at.Sub(m.since[i]) >= settleAfter
}

// The calendar behaves as its model, whatever is asked of it in whatever order, and its invariants hold after every step.
func TestCalendarIsItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.IntRange(1, 12).Draw(t, "start month")
		c := Calendar{Entity: "ent_1", StartMonth: start, Periods: map[civil.Period]Period{}}
		m := calendarModel{}
		at := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
		t.Repeat(map[string]func(*rapid.T){
			"open year": func(t *rapid.T) { m.openYear(t, c, at) },
			"step": func(t *rapid.T) {
				if len(m.states) > 0 {
					m.step(t, c, at)
				}
			},
			"wait": func(t *rapid.T) {
				at = at.Add(time.Duration(rapid.SampledFrom([]int{1, 59, 60, 61, 3600}).Draw(t, "seconds")) * time.Second)
			},
			"": func(t *rapid.T) { m.check(t, c) },
		})
	})
}

func (m *calendarModel) openYear(t *rapid.T, c Calendar, at time.Time) {
	year := rapid.IntRange(2024, 2028).Draw(t, "year")
	p := civil.PeriodOf(civil.Of(year, time.Month(rapid.SampledFrom([]int{c.StartMonth, c.StartMonth, c.StartMonth, 1 + c.StartMonth%12}).Draw(t, "month")), 1))
	fits := int(p.Month()) == c.StartMonth
	before := fits && len(m.states) > 0 && p.Add(12).Compare(m.first) == 0 && m.states[0] == PeriodOpen
	after := fits && len(m.states) > 0 && p.Compare(m.first.Add(len(m.states))) == 0
	_, err := c.OpenYear(p, at)
	if want := fits && len(m.states) == 0 || before || after; want != (err == nil) {
		t.Fatalf("year from %s: %v", p, err)
	}
	if err != nil {
		if !fault.Is(err, RuleYearOverlap.Code) && !fault.Is(err, RulePeriodLater.Code) {
			t.Fatal(err)
		}
		return
	}
	states, since := make([]PeriodState, 12), make([]time.Time, 12)
	for i := range states {
		states[i], since[i] = PeriodOpen, at
	}
	switch {
	case before:
		m.first, m.states, m.since = p, append(states, m.states...), append(since, m.since...)
	default:
		if len(m.states) == 0 {
			m.first = p
		}
		m.states, m.since = append(m.states, states...), append(m.since, since...)
	}
}

func (m *calendarModel) step(t *rapid.T, c Calendar, at time.Time) {
	i := rapid.IntRange(0, min(len(m.states)-1, 4)).Draw(t, "period") // the early ones, so that they get far
	to := rapid.SampledFrom(stateOrder).Draw(t, "to")
	was := c.Periods[m.first.Add(i)]
	is, err := c.Step(was, to, at)
	if want := m.may(i, to, at); want != (err == nil) {
		t.Fatalf("%s from %s to %s: %v, the model says %v", was.Period, was.State, to, err, want)
	}
	var refusal *fault.Error
	if err != nil {
		if !errors.As(err, &refusal) || refusal.Kind != fault.Conflict {
			t.Fatal(err)
		}
		return
	}
	if is.Version != was.Version+1 || !is.Since.Equal(at) {
		t.Fatalf("%+v became %+v", was, is)
	}
	c.Periods[is.Period] = is
	m.states[i], m.since[i] = to, at
}

// check holds the invariants: the states fall from the earliest period on, and a day takes postings if its period is open.
func (m *calendarModel) check(t *rapid.T, c Calendar) {
	if len(c.Periods) != len(m.states) || len(c.Years()) != len(m.states)/12 {
		t.Fatalf("%d periods in %d years, the model has %d", len(c.Periods), len(c.Years()), len(m.states))
	}
	for i, s := range m.states {
		p := m.first.Add(i)
		if i > 0 && rank(s) > rank(m.states[i-1]) {
			t.Fatalf("%s is %s, and the period before it %s", p, s, m.states[i-1])
		}
		if c.Periods[p].State != s {
			t.Fatalf("%s is %s, the model says %s", p, c.Periods[p].State, s)
		}
		if start := c.YearStart(p); int(start.Month()) != c.StartMonth || start.After(p) || !start.Add(12).After(p) {
			t.Fatalf("%s belongs to the year from %s", p, start)
		}
		for _, day := range []civil.Date{p.First(), p.Last()} {
			if err := c.Postable(day, "/date"); (err == nil) != (s == PeriodOpen) {
				t.Fatalf("%s in a period that is %s: %v", day, s, err)
			}
		}
	}
	if len(m.states) > 0 {
		for _, day := range []civil.Date{m.first.First().AddDays(-1), m.first.Add(len(m.states)).First()} {
			if err := c.Postable(day, "/date"); !fault.Is(err, RuleNoPeriod.Code) && fault.Of(err).Fields[0].Code != RuleNoPeriod.Code {
				t.Fatalf("%s, outside of all years: %v", day, err)
			}
		}
	}
}
