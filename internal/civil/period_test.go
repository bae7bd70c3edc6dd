package civil_test

import (
	"cmp"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
)

func TestParsePeriod(t *testing.T) {
	for _, text := range []string{"2026-11", "0001-01", "9999-12"} {
		if p, err := civil.ParsePeriod(text); err != nil || p.String() != text {
			t.Errorf("ParsePeriod(%q) = %v, %v", text, p, err)
		}
	}
	for _, text := range []string{"", "2026-13", "2026-00", "0000-01", "2026-1", "202611", "2026-11-01",
		"2026/11", " 2026-1", "2026-+1", "+026-11"} {
		if p, err := civil.ParsePeriod(text); !errors.Is(err, civil.ErrPeriod) || !p.IsZero() {
			t.Errorf("ParsePeriod(%q) = %v, %v, want ErrPeriod", text, p, err)
		}
	}
}

func TestPeriodAgainstTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, e := dates().Draw(t, "d"), dates().Draw(t, "e")
		p, q := civil.PeriodOf(d), civil.PeriodOf(e)
		n := rapid.IntRange(-500, 500).Draw(t, "n")
		if want := time.Date(p.Year(), p.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC); p.Add(n).String() != want.Format("2006-01") {
			t.Fatalf("%v and %d is %v, want %v", p, n, p.Add(n), want)
		}
		if again, err := civil.ParsePeriod(p.String()); err != nil || again != p {
			t.Fatalf("%v parsed as %v, %v", p, again, err)
		}
		if p.Next().Prev() != p || p.Last().AddDays(1) != p.Next().First() || p.First().AddDays(-1) != p.Prev().Last() {
			t.Fatalf("%v does not join its neighbours", p)
		}
		if inside := !e.Before(p.First()) && !e.After(p.Last()); p.Contains(e) != inside || !p.Contains(d) {
			t.Fatalf("%v contains %v: %t, want %t", p, e, p.Contains(e), inside)
		}
		order := p.First().Compare(q.First())
		if p.Compare(q) != order || p.Before(q) != (order < 0) || p.After(q) != (order > 0) || cmp.Compare(p.String(), q.String()) != order {
			t.Fatalf("%v against %v is %d, want %d", p, q, p.Compare(q), order)
		}
	})
}

// TestPeriodsLeaveTheWrittenYearsAndComeBack goes beyond both ends of what can be written, where signs change.
func TestPeriodsLeaveTheWrittenYearsAndComeBack(t *testing.T) {
	for _, start := range []civil.Date{civil.Of(1, time.January, 1), civil.Of(9999, time.December, 31)} {
		p := civil.PeriodOf(start)
		for n := -30; n <= 30; n++ {
			want := time.Date(p.Year(), p.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
			got := p.Add(n)
			if got.Year() != want.Year() || got.Month() != want.Month() || got.Add(-n) != p {
				t.Errorf("%v and %d is year %d month %d, want %v", p, n, got.Year(), got.Month(), want)
			}
		}
	}
}

func TestZeroPeriod(t *testing.T) {
	var none civil.Period
	if !none.IsZero() || none.String() != "" || none.Next() != none || none.Prev() != none {
		t.Errorf("zero period is %q, next %q", none, none.Next())
	}
	if !none.First().IsZero() || !none.Last().IsZero() || none.Contains(civil.Date{}) || civil.PeriodOf(civil.Date{}) != none {
		t.Error("the zero period has days")
	}
}
