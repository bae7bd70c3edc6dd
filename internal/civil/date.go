package civil

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// ErrDate says that a text is not a date of the calendar written YYYY-MM-DD, or that a date cannot be written so.
var ErrDate = errors.New("civil: not a date written YYYY-MM-DD")

const (
	dateLength = len("2006-01-02")
	yearMax    = 9999
	daySeconds = 24 * 60 * 60
)

// Date is a day of the Gregorian calendar. The zero value is no date: it sorts before all others and is empty as text.
type Date struct {
	year  int32
	month int8
	day   int8
}

// Of returns a date that the code itself knows, such as Of(2026, time.April, 6). It panics when there is no such day; what
// comes from outside goes through [ParseDate].
func Of(year int, month time.Month, day int) Date {
	if month < time.January || month > time.December || day < 1 || day > daysIn(year, month) {
		panic(fmt.Sprintf("civil: there is no day %d-%d-%d", year, month, day))
	}
	return Date{int32(year), int8(month), int8(day)}
}

// ParseDate reads a date written YYYY-MM-DD. It returns [ErrDate] for every other text and for a day that does not exist.
func ParseDate(s string) (Date, error) {
	if len(s) != dateLength || s[7] != '-' {
		return Date{}, ErrDate
	}
	p, err := ParsePeriod(s[:periodLength])
	day, ok := number(s[8:])
	if err != nil || !ok || day < 1 || day > daysIn(p.Year(), p.Month()) {
		return Date{}, ErrDate
	}
	return Date{p.year, p.month, int8(day)}, nil
}

// FromTime returns the date that it is in UTC at the instant t.
func FromTime(t time.Time) Date {
	year, month, day := t.UTC().Date()
	return Date{int32(year), int8(month), int8(day)}
}

// Time returns midnight UTC at the start of the date, and the zero time for the zero date.
func (d Date) Time() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

// Year returns the year, 0 for the zero date.
func (d Date) Year() int { return int(d.year) }

// Month returns the month, 0 for the zero date.
func (d Date) Month() time.Month { return time.Month(d.month) }

// Day returns the day of the month from 1, 0 for the zero date.
func (d Date) Day() int { return int(d.day) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// IsZero reports whether d is the zero value, no date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns the date as YYYY-MM-DD, and nothing for the zero date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// Compare returns -1, 0 or 1 as d is before, the same as or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.year, e.year), cmp.Compare(d.month, e.month), cmp.Compare(d.day, e.day))
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AddDays returns the date n days later, earlier if n is negative. No date stays no date.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return FromTime(d.Time().AddDate(0, 0, n))
}

// AddMonths returns the same day n months later, or the last day of that month where it has no such day: a month after
// 31 January is 28 or 29 February. No date stays no date.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	p := PeriodOf(d).Add(n)
	return Date{p.year, p.month, min(d.day, p.Last().day)}
}

// EndOfMonth returns the last day of the month of d. No date stays no date.
func (d Date) EndOfMonth() Date {
	if d.IsZero() {
		return d
	}
	return PeriodOf(d).Last()
}

// DaysUntil returns the number of days from d to e, negative when e is earlier. Neither may be the zero date, which panics.
func (d Date) DaysUntil(e Date) int {
	if d.IsZero() || e.IsZero() {
		panic("civil: no number of days to or from no date")
	}
	return int((e.Time().Unix() - d.Time().Unix()) / daySeconds)
}

// daysIn returns the number of days of a month.
func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// number reads ASCII digits and nothing else.
func number(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
