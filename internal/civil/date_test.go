package civil_test

import (
	"cmp"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
)

// dates draws dates of a thousand years, half of them next to the days where calendars and tax years turn.
func dates() *rapid.Generator[civil.Date] {
	days := rapid.Map(rapid.IntRange(-180_000, 180_000), civil.Of(2000, time.February, 29).AddDays)
	edges := rapid.Custom(func(t *rapid.T) civil.Date {
		year := rapid.IntRange(1890, 2110).Draw(t, "year")
		edge := rapid.SampledFrom([]civil.Date{
			civil.Of(year, time.February, 28), civil.Of(year, time.March, 1), civil.Of(year, time.April, 5),
			civil.Of(year, time.April, 6), civil.Of(year, time.December, 31), civil.Of(year, time.January, 31),
		}).Draw(t, "edge")
		return edge.AddDays(rapid.IntRange(-1, 1).Draw(t, "off"))
	})
	return rapid.OneOf(days, edges)
}

func TestParseDate(t *testing.T) {
	for _, text := range []string{"2026-11-30", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2026-04-05", "2026-04-06"} {
		d, err := civil.ParseDate(text)
		if err != nil || d.String() != text {
			t.Errorf("ParseDate(%q) = %v, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "2026-11-31", "2025-02-29", "1900-02-29", "2026-00-10", "2026-13-01", "2026-01-00", "0000-01-01",
		"2026-1-1", "26-01-01", "2026/01/01", "20260101", "2026-01-01T00:00:00Z", " 2026-01-01", "2026-01-01 ", "+026-01-01",
		"-026-01-01", "2026-01-+1", "2026-01-0a", "12026-01-01", "2026-01-١"} {
		if d, err := civil.ParseDate(text); !errors.Is(err, civil.ErrDate) || !d.IsZero() {
			t.Errorf("ParseDate(%q) = %v, %v, want ErrDate", text, d, err)
		}
	}
}

func TestDateAgainstTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, e := dates().Draw(t, "d"), dates().Draw(t, "e")
		n := rapid.IntRange(-1000, 1000).Draw(t, "n")
		if d.String() != d.Time().Format(time.DateOnly) || civil.FromTime(d.Time()) != d {
			t.Fatalf("%v is %v in package time", d, d.Time())
		}
		if again, err := civil.ParseDate(d.String()); err != nil || again != d {
			t.Fatalf("%v parsed as %v, %v", d, again, err)
		}
		if got, want := d.AddDays(n).Time(), d.Time().Add(time.Duration(n)*24*time.Hour); !got.Equal(want) {
			t.Fatalf("%v and %d days is %v, want %v", d, n, got, want)
		}
		order := d.Time().Compare(e.Time())
		if d.Compare(e) != order || d.Before(e) != (order < 0) || d.After(e) != (order > 0) || cmp.Compare(d.String(), e.String()) != order {
			t.Fatalf("%v against %v is %d, want %d", d, e, d.Compare(e), order)
		}
		if d.AddDays(d.DaysUntil(e)) != e || d.Weekday() != d.Time().Weekday() {
			t.Fatalf("from %v to %v is %d days", d, e, d.DaysUntil(e))
		}
		if civil.Of(d.Year(), d.Month(), d.Day()) != d {
			t.Fatalf("%v has parts %d, %d, %d", d, d.Year(), d.Month(), d.Day())
		}
	})
}

func TestAddMonthsAgainstTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := dates().Draw(t, "d")
		n := rapid.IntRange(-500, 500).Draw(t, "n")
		got := d.AddMonths(n)
		first := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		last := time.Date(d.Year(), d.Month()+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC)
		want := min(d.Day(), last.Day())
		if got.Year() != first.Year() || got.Month() != first.Month() || got.Day() != want {
			t.Fatalf("%v and %d months is %v, want day %d of %v", d, n, got, want, first)
		}
		if end := got.EndOfMonth(); !end.Time().Equal(last) || end.AddDays(1).Day() != 1 {
			t.Fatalf("the month of %v ends on %v, want %v", got, end, last)
		}
	})
}

func TestMonthEndsAndTaxYears(t *testing.T) {
	for _, tt := range []struct {
		got  civil.Date
		want string
	}{
		{civil.Of(2024, time.January, 31).AddMonths(1), "2024-02-29"},
		{civil.Of(2025, time.January, 31).AddMonths(1), "2025-02-28"},
		{civil.Of(2024, time.February, 29).AddMonths(12), "2025-02-28"},
		{civil.Of(2024, time.February, 29).AddMonths(48), "2028-02-29"},
		{civil.Of(2024, time.March, 31).AddMonths(-1), "2024-02-29"},
		{civil.Of(2026, time.January, 15).AddMonths(-13), "2024-12-15"},
		{civil.Of(2026, time.April, 5).AddDays(1), "2026-04-06"},
		{civil.Of(2026, time.April, 6).AddMonths(12).AddDays(-1), "2027-04-05"},
		{civil.Of(2023, time.April, 6).AddDays(365), "2024-04-05"},
		{civil.Of(2024, time.February, 10).EndOfMonth(), "2024-02-29"},
		{civil.Of(1900, time.February, 1).EndOfMonth(), "1900-02-28"},
		{civil.FromTime(time.Date(2026, 4, 6, 0, 30, 0, 0, time.FixedZone("BST", 3600))), "2026-04-05"},
	} {
		if tt.got.String() != tt.want {
			t.Errorf("got %v, want %s", tt.got, tt.want)
		}
	}
	if got := civil.Of(1, time.January, 1).DaysUntil(civil.Of(9999, time.December, 31)); got != 3652058 {
		t.Errorf("the calendar has %d days after its first", got)
	}
}

func TestZeroDate(t *testing.T) {
	var none civil.Date
	if !none.IsZero() || none.String() != "" || !none.Time().IsZero() || !none.Before(civil.Of(1, time.January, 1)) {
		t.Errorf("zero date is %q at %v", none, none.Time())
	}
	if none.AddDays(1) != none || none.AddMonths(1) != none || none.EndOfMonth() != none {
		t.Error("arithmetic turns no date into a date")
	}
}

func TestDaysThatDoNotExistPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"29 February 2025": func() { civil.Of(2025, time.February, 29) },
		"31 April":         func() { civil.Of(2026, time.April, 31) },
		"day 0":            func() { civil.Of(2026, time.April, 0) },
		"month 13":         func() { civil.Of(2026, 13, 1) },
		"days to no date":  func() { civil.Of(2026, time.April, 1).DaysUntil(civil.Date{}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f()
		})
	}
}

// FuzzParseDate compares the reader with package time's, which takes the same texts for the same layout.
func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-11-30", "2025-02-29", "0000-01-01", "2026-1-01", "2026-01-32"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := civil.ParseDate(text)
		want, wantErr := time.Parse(time.DateOnly, text)
		if wantErr == nil && want.Year() == 0 {
			wantErr = civil.ErrDate
		}
		if (err == nil) != (wantErr == nil) || err == nil && !d.Time().Equal(want) {
			t.Fatalf("ParseDate(%q) = %v, %v, package time has %v, %v", text, d, err, want, wantErr)
		}
	})
}
