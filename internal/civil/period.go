package civil

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// ErrPeriod says that a text is not a month written YYYY-MM, or that a period cannot be written so.
var ErrPeriod = errors.New("civil: not a period written YYYY-MM")

const (
	periodLength  = len("2006-01")
	monthsPerYear = 12
)

// Period is a calendar month, the unit in which books are opened and closed. The zero value is no period.
type Period struct {
	year  int32
	month int8
}

// PeriodOf returns the period that contains d, and no period for no date.
func PeriodOf(d Date) Period { return Period{d.year, d.month} }

// ParsePeriod reads a period written YYYY-MM. It returns [ErrPeriod] for every other text.
func ParsePeriod(s string) (Period, error) {
	if len(s) != periodLength || s[4] != '-' {
		return Period{}, ErrPeriod
	}
	year, okYear := number(s[:4])
	month, okMonth := number(s[5:])
	if !okYear || !okMonth || year < 1 || month < 1 || month > monthsPerYear {
		return Period{}, ErrPeriod
	}
	return Period{int32(year), int8(month)}, nil
}

// Year returns the calendar year, 0 for the zero period.
func (p Period) Year() int { return int(p.year) }

// Month returns the month, 0 for the zero period.
func (p Period) Month() time.Month { return time.Month(p.month) }

// IsZero reports whether p is the zero value, no period.
func (p Period) IsZero() bool { return p == Period{} }

// String returns the period as YYYY-MM, and nothing for the zero period.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", p.year, p.month)
}

// First returns the first day of the period, and no date for no period.
func (p Period) First() Date {
	if p.IsZero() {
		return Date{}
	}
	return Date{p.year, p.month, 1}
}

// Last returns the last day of the period, and no date for no period.
func (p Period) Last() Date {
	if p.IsZero() {
		return Date{}
	}
	return Date{p.year, p.month, int8(daysIn(p.Year(), p.Month()))}
}

// Contains reports whether d lies in the period. Nothing lies in no period.
func (p Period) Contains(d Date) bool { return !p.IsZero() && PeriodOf(d) == p }

// Next returns the period after p.
func (p Period) Next() Period { return p.Add(1) }

// Prev returns the period before p.
func (p Period) Prev() Period { return p.Add(-1) }

// Add returns the period n months later, earlier if n is negative. No period stays no period.
func (p Period) Add(n int) Period {
	if p.IsZero() {
		return p
	}
	months := int(p.year)*monthsPerYear + int(p.month) - 1 + n
	year := months / monthsPerYear
	if months%monthsPerYear < 0 {
		year--
	}
	return Period{int32(year), int8(months - year*monthsPerYear + 1)}
}

// Compare returns -1, 0 or 1 as p is before, the same as or after q.
func (p Period) Compare(q Period) int {
	return cmp.Or(cmp.Compare(p.year, q.year), cmp.Compare(p.month, q.month))
}

// Before reports whether p is earlier than q.
func (p Period) Before(q Period) bool { return p.Compare(q) < 0 }

// After reports whether p is later than q.
func (p Period) After(q Period) bool { return p.Compare(q) > 0 }
