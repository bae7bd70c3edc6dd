package money

import (
	"github.com/shopspring/decimal"
)

// rateDecimalsMax bounds the decimals of a rate that comes from outside; exchange rates and unit prices use at most ten.
const rateDecimalsMax = 12

// Rate is an exact decimal that is not an amount of money: a quantity, rate, percentage, unit price or weight. The zero value
// is nought. Values are immutable; like [Money] they cannot be compared with ==.
//
// Add, Sub and Mul are exact, so the number of decimals grows with products: round a result before it is stored.
type Rate struct {
	_     [0]func()
	value decimal.Decimal // normalised: no trailing noughts
}

// rateOf is the one place where a Rate is put together: equal rates look the same.
func rateOf(d decimal.Decimal) Rate { return Rate{value: d.Normalize()} }

// ParseRate reads a plain decimal, as [Parse] does, of at most 15 integer digits and 12 decimals. It returns [ErrSyntax],
// [ErrTooLarge] or [ErrTooManyDecimals].
func ParseRate(s string) (Rate, error) {
	d, err := parsePlain(s, integerDigitsMax, rateDecimalsMax)
	if err != nil {
		return Rate{}, err
	}
	return rateOf(d), nil
}

// RateOf returns n / 10^decimals: RateOf(175, 1) is 17.5. It is for numbers that the code itself knows.
func RateOf(n int64, decimals int) Rate { return rateOf(decimal.New(n, -int32(decimals))) }

// String returns the rate as a plain decimal without trailing noughts, so equal rates have equal texts.
func (r Rate) String() string { return r.value.String() }

// IsZero reports whether r is nought.
func (r Rate) IsZero() bool { return r.value.IsZero() }

// Sign returns -1, 0 or 1.
func (r Rate) Sign() int { return r.value.Sign() }

// Decimals returns the number of digits that String writes after the point.
func (r Rate) Decimals() int { return max(0, -int(r.value.Exponent())) }

// Neg returns the rate with the opposite sign.
func (r Rate) Neg() Rate { return rateOf(r.value.Neg()) }

// Abs returns the rate without its sign.
func (r Rate) Abs() Rate { return rateOf(r.value.Abs()) }

// Add returns r + s, exactly.
func (r Rate) Add(s Rate) Rate { return rateOf(r.value.Add(s.value)) }

// Sub returns r - s, exactly.
func (r Rate) Sub(s Rate) Rate { return rateOf(r.value.Sub(s.value)) }

// Mul returns r times s, exactly.
func (r Rate) Mul(s Rate) Rate { return rateOf(r.value.Mul(s.value)) }

// Quo returns r divided by s, rounded once to the given number of decimals. It panics when s is nought.
func (r Rate) Quo(s Rate, decimals int, mode Rounding) Rate {
	return rateOf(mode.quotient(r.value, s.value, int32(decimals)))
}

// Percent returns r hundredths: the factor to multiply with when r is a percentage.
func (r Rate) Percent() Rate { return rateOf(r.value.Shift(-2)) }

// Round returns r rounded to at most the given number of decimals.
func (r Rate) Round(decimals int, mode Rounding) Rate {
	return rateOf(mode.round(r.value, int32(decimals)))
}

// Cmp returns -1, 0 or 1 as r is less than, equal to or greater than s.
func (r Rate) Cmp(s Rate) int { return r.value.Cmp(s.value) }

// Equal reports whether r and s are the same number.
func (r Rate) Equal(s Rate) bool { return r.value.Equal(s.value) }

// MarshalText writes what String returns; in JSON a rate is therefore a string.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what [ParseRate] reads, with the same errors. A JSON number is not a rate, and null leaves r alone.
func (r *Rate) UnmarshalText(text []byte) error {
	parsed, err := ParseRate(string(text))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}
