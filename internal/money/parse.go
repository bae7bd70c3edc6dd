package money

import (
	"strings"

	"github.com/shopspring/decimal"
)

// parsePlain reads a plain decimal with at most the given numbers of digits before and after the point. The library's own
// parser is too generous (exponents, '+', a Unicode minus), so the text is checked first, which also bounds the work.
func parsePlain(s string, integerMax, decimalsMax int) (decimal.Decimal, error) {
	whole, fraction, hasPoint := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	switch {
	case !digitsOnly(whole), hasPoint && !digitsOnly(fraction), len(whole) > 1 && whole[0] == '0':
		return decimal.Decimal{}, ErrSyntax
	case len(whole) > integerMax:
		return decimal.Decimal{}, ErrTooLarge
	case len(fraction) > decimalsMax:
		return decimal.Decimal{}, ErrTooManyDecimals
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, ErrSyntax
	}
	return d, nil
}

// digitsOnly reports whether s is one or more ASCII digits.
func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
