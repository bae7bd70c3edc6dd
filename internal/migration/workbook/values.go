package workbook

import (
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	// days1904 is how many days later the calendar of some workbooks begins.
	days1904 = 1462
	// leapDay is the serial number of the 29th of February 1900, a day that spreadsheets count and that never was.
	leapDay = 60
	// serialMax is the end of the year 9999.
	serialMax = 2_958_466
	// digitsKept is how many digits a spreadsheet keeps of a number; what stands in a file beyond them is binary noise.
	digitsKept = 15
	// decimalsKept is how many decimals must be left where noise is cut off; a larger number stays as the file has it, so that
	// no part of an amount is lost.
	decimalsKept = 4
	// exponentMax bounds the noughts that an exponent is written out as.
	exponentMax = 400
)

// numberText writes a number as what its format says it is.
func numberText(value string, f format, epoch int, layout string) string {
	value = strings.TrimSpace(value)
	if f != number {
		if text, ok := dateText(value, f, epoch, layout); ok {
			return text
		}
	}
	if text, ok := plain(value); ok {
		return text
	}
	return value
}

// plain writes a decimal number in digits alone: without an exponent, without noughts at its end, and without the noise that
// binary arithmetic leaves in the sixteenth and seventeenth digit.
func plain(value string) (string, bool) {
	digits, point, negative, ok := decimal(value)
	if !ok {
		return "", false
	}
	if len(digits) > digitsKept && point+decimalsKept <= digitsKept {
		rounded, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return "", false
		}
		digits, point, _, ok = decimal(strconv.FormatFloat(rounded, 'e', digitsKept-1, 64))
		if !ok {
			return "", false
		}
	}
	if digits == "" {
		return "0", true
	}
	var text string
	switch {
	case point <= 0:
		text = "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		text = digits + strings.Repeat("0", point-len(digits))
	default:
		text = digits[:point] + "." + digits[point:]
	}
	if negative {
		text = "-" + text
	}
	return text, true
}

// decimal takes a number apart: its digits without noughts at either end, and before which of them its point stands.
func decimal(value string) (digits string, point int, negative, ok bool) {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(value), "e")
	if hasExponent {
		n, err := strconv.Atoi(exponent)
		if err != nil || n > exponentMax || n < -exponentMax {
			return "", 0, false, false
		}
		point = n
	}
	if rest, cut := strings.CutPrefix(mantissa, "-"); cut {
		mantissa, negative = rest, true
	} else {
		mantissa = strings.TrimPrefix(mantissa, "+")
	}
	whole, places, _ := strings.Cut(mantissa, ".")
	digits = whole + places
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", 0, false, false
	}
	point += len(whole)
	short := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(short)
	return strings.TrimRight(short, "0"), point, negative, true
}

// dateText writes a serial number as the day that it stands for, with its time unless that is midnight. It is false for
// numbers that stand for no day at all.
func dateText(value string, f format, epoch int, layout string) (string, bool) {
	serial, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(serial) || serial < 0 || serial >= serialMax {
		return "", false
	}
	days := math.Floor(serial)
	ms := math.Round((serial - days) * float64(24*time.Hour/time.Millisecond))
	rest := time.Duration(ms) * time.Millisecond
	day := int(days)
	if rest == 24*time.Hour {
		day, rest = day+1, 0
	}
	if f == clock && day == 0 {
		return time.Time{}.Add(rest).Format(time.TimeOnly), true
	}
	if epoch == 0 && day == leapDay {
		return strings.NewReplacer("2006", "1900", "01", "02", "02", "29").Replace(layout), true // refused by whoever reads it as a day
	}
	if epoch == 0 && day == 0 {
		return "", false
	}
	if epoch == 0 && day < leapDay {
		day++ // days before the one that never was
	}
	at := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day+epoch)
	return stamp(at, rest, layout), true
}

func stamp(day time.Time, rest time.Duration, layout string) string {
	if rest == 0 {
		return day.Format(layout)
	}
	return day.Add(rest).Format(layout + " 15:04:05.999")
}

// isoDate writes a date that the file holds in letters.
func isoDate(value, layout string) string {
	value = strings.TrimSpace(value)
	for _, form := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04:05.999", time.RFC3339Nano, "2006-01-02T15:04"} {
		if at, err := time.Parse(form, value); err == nil {
			day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
			return stamp(day, at.Sub(day), layout)
		}
	}
	return value
}
