package money

import (
	"errors"
	"math/big"
	"strings"

	"github.com/shopspring/decimal"
)

// The errors of amounts that come from outside. None repeats the text it refuses.
var (
	// ErrSyntax says that a text is not a plain decimal.
	ErrSyntax = errors.New("money: not a plain decimal")
	// ErrTooManyDecimals says that a text has more decimals than its currency, or than a rate may have.
	ErrTooManyDecimals = errors.New("money: too many decimals")
	// ErrTooLarge says that a text has more integer digits than an amount or rate may have.
	ErrTooLarge = errors.New("money: too many digits")
)

const (
	// integerDigitsMax bounds what is accepted from outside, in digits before the point. Sums may grow beyond it.
	integerDigitsMax = 15
	// minorDigitsMax is the number of digits that the table's number type keeps exactly.
	minorDigitsMax = 38
)

// Money is an exact amount of one currency, always a whole number of its minor units. The zero value is nothing of no
// currency. Values are immutable and safe to copy and share. They cannot be compared with ==, since two equal amounts may
// be held in different places: the compiler refuses it, and [Money.Equal] and [Money.Cmp] are there instead.
type Money struct {
	_        [0]func()
	value    decimal.Decimal // exponent is minus the currency's scale, or the zero Decimal for nought
	currency Currency
}

// made is the one place where a Money is put together: every nought looks the same, so that deep comparison works in tests.
func made(d decimal.Decimal, c Currency) Money {
	places := c.mustScale()
	if d.IsZero() {
		return Money{currency: c}
	}
	return Money{value: rescaled(d, places), currency: c}
}

// Parse reads an amount as people and files write it: an optional '-', digits, and optionally a point with at least one digit
// after it. There is no '+', exponent, space, grouping or needless leading zero. It returns [ErrCurrency], [ErrSyntax],
// [ErrTooManyDecimals] for more decimals than the currency has, or [ErrTooLarge] for more than 15 integer digits.
func Parse(amount string, c Currency) (Money, error) {
	scale, ok := c.Scale()
	if !ok {
		return Money{}, ErrCurrency
	}
	d, err := parsePlain(amount, integerDigitsMax, scale)
	if err != nil {
		return Money{}, err
	}
	return made(d, c), nil
}

// FromMinor returns n minor units of c: FromMinor(150, GBP) is one pound fifty. It panics on an unknown currency.
func FromMinor(n int64, c Currency) Money {
	return made(decimal.New(n, -c.mustScale()), c)
}

// FromMinorString reads what [Money.MinorString] wrote: an integer of at most 38 digits. It returns [ErrCurrency],
// [ErrSyntax] or [ErrTooLarge].
func FromMinorString(s string, c Currency) (Money, error) {
	scale, ok := c.Scale()
	if !ok {
		return Money{}, ErrCurrency
	}
	d, err := parsePlain(s, minorDigitsMax, 0)
	if errors.Is(err, ErrTooManyDecimals) {
		err = ErrSyntax
	}
	if err != nil {
		return Money{}, err
	}
	return made(d.Shift(int32(-scale)), c), nil
}

// FromRate returns r major units of c, rounded to its scale. It is how a unit price times a quantity becomes an amount.
func FromRate(r Rate, c Currency, mode Rounding) Money {
	return made(mode.round(r.value, c.mustScale()), c)
}

// Amount returns the amount with all decimals of its currency, such as "1234.50". It is "0" for the zero value.
func (m Money) Amount() string {
	if m.currency == "" {
		return "0"
	}
	return m.value.StringFixed(m.currency.mustScale())
}

// MinorString returns the amount as an integer of minor units, such as "123450": the form that is stored and summed.
func (m Money) MinorString() string {
	return m.minor().String()
}

// minor returns the amount in minor units.
func (m Money) minor() *big.Int {
	return m.value.Coefficient()
}

// Currency returns the currency, which is empty only for the zero value.
func (m Money) Currency() Currency { return m.currency }

// Rate returns the amount in major units without its currency, for arithmetic that makes rates: a unit cost, a share.
func (m Money) Rate() Rate { return rateOf(m.value) }

// String returns the amount with its currency, "1234.50 GBP", for logs and test output.
func (m Money) String() string {
	return strings.TrimSpace(m.Amount() + " " + string(m.currency))
}
