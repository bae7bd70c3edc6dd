package money

import (
	"math/big"

	"github.com/shopspring/decimal"
)

// Rounding says what happens to the digits that do not fit. Its zero value is no mode: a caller that does not choose one
// panics, since the right choice is a rule of law or contract and never a default.
type Rounding uint8

// The rounding modes. All treat negative amounts as the mirror image of positive ones.
const (
	// HalfUp rounds to the nearest, ties away from zero: 0.005 to 0.01 and -0.005 to -0.01.
	HalfUp Rounding = iota + 1
	// HalfEven rounds to the nearest, ties to the even digit: 0.005 to 0.00 and 0.015 to 0.02.
	HalfEven
	// Down drops the digits, towards zero: 0.019 to 0.01.
	Down
	// Up rounds away from zero whenever a dropped digit is not zero: 0.011 to 0.02.
	Up
)

// round returns d with exactly the given number of decimals.
func (mode Rounding) round(d decimal.Decimal, places int32) decimal.Decimal {
	switch mode {
	case HalfUp:
		return d.Round(places)
	case HalfEven:
		return d.RoundBank(places)
	case Down:
		return d.RoundDown(places)
	case Up:
		return d.RoundUp(places)
	}
	panic("money: no rounding mode given")
}

// quotient returns a/b with exactly the given number of decimals, rounded once from the exact value. It works on a fraction
// rather than on the rounded digits of one, which would round twice.
func (mode Rounding) quotient(a, b decimal.Decimal, places int32) decimal.Decimal {
	if b.IsZero() {
		panic("money: division by zero")
	}
	q, rest := a.QuoRem(b, places)
	if mode.awayFromZero(q, rest, b, places) {
		q = q.Add(decimal.New(int64(a.Sign()*b.Sign()), -places))
	}
	return q
}

// awayFromZero says whether the truncated quotient q of a division by b that left rest must grow by one in its last place.
func (mode Rounding) awayFromZero(q, rest, b decimal.Decimal, places int32) bool {
	if mode < HalfUp || mode > Up {
		panic("money: no rounding mode given")
	}
	if rest.IsZero() || mode == Down {
		return false
	}
	if mode == Up {
		return true
	}
	step := b.Abs().Shift(-places)
	half := rest.Abs().Mul(decimal.NewFromInt(2)).Cmp(step)
	if half != 0 || mode == HalfUp {
		return half >= 0
	}
	return q.Coefficient().Bit(0) == 1
}

// rescaled returns d, which has no more than the given number of decimals, with exactly that number.
func rescaled(d decimal.Decimal, places int32) decimal.Decimal {
	if d.Exponent() == -places {
		return d
	}
	return decimal.NewFromBigInt(minorUnits(d, places), -places)
}

// minorUnits returns d as a whole number of its last allowed place.
func minorUnits(d decimal.Decimal, places int32) *big.Int {
	return d.Shift(places).BigInt()
}
