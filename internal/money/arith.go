package money

import "github.com/shopspring/decimal"

// IsZero reports whether the amount is nought, in whatever currency. A field of type Money must therefore not be tagged
// omitzero, which would drop a true 0.00; an optional amount is a pointer.
func (m Money) IsZero() bool { return m.value.IsZero() }

// Sign returns -1, 0 or 1.
func (m Money) Sign() int { return m.value.Sign() }

// Neg returns the amount with the opposite sign.
func (m Money) Neg() Money { return m.with(m.value.Neg()) }

// Abs returns the amount without its sign.
func (m Money) Abs() Money { return m.with(m.value.Abs()) }

// with returns the new value in the currency of m, which may be none as long as the value is nought.
func (m Money) with(d decimal.Decimal) Money {
	if m.currency == "" {
		return Money{}
	}
	return made(d, m.currency)
}

// Add returns m + n. It panics when both have a currency and these differ.
func (m Money) Add(n Money) Money {
	c := common(m, n)
	if c == "" {
		return Money{}
	}
	return made(m.value.Add(n.value), c)
}

// Sub returns m - n. It panics when both have a currency and these differ.
func (m Money) Sub(n Money) Money { return m.Add(n.Neg()) }

// Cmp returns -1, 0 or 1 as m is less than, equal to or greater than n. It panics when both have a currency and these differ.
func (m Money) Cmp(n Money) int {
	common(m, n)
	return m.value.Cmp(n.value)
}

// Equal reports whether m and n are the same amount of the same currency; it never panics. 0.00 GBP does not equal the zero
// value: ask m.Cmp(n) == 0 whether two totals agree.
func (m Money) Equal(n Money) bool {
	return m.currency == n.currency && m.value.Equal(n.value)
}

// Sum returns the total of all ms, the zero value if there are none. It panics on a mix of currencies.
func Sum(ms ...Money) Money {
	var total Money
	for _, m := range ms {
		total = total.Add(m)
	}
	return total
}

// MulRate returns m times r, rounded once to the currency's scale. Tax at a rate, a discount and a number of equal items are
// all this.
func (m Money) MulRate(r Rate, mode Rounding) Money {
	if m.currency == "" {
		return Money{}
	}
	return FromRate(Rate{value: m.value.Mul(r.value)}, m.currency, mode)
}

// QuoRate returns m divided by r, rounded once to the currency's scale: the net of a gross amount, the daily part of a salary.
// It panics when r is nought.
func (m Money) QuoRate(r Rate, mode Rounding) Money {
	if m.currency == "" {
		return Money{}
	}
	return made(mode.quotient(m.value, r.value, m.currency.mustScale()), m.currency)
}

// Convert returns m at r units of the currency to for one unit of its own, rounded once to the scale of to.
func (m Money) Convert(r Rate, to Currency, mode Rounding) Money {
	return FromRate(Rate{value: m.value.Mul(r.value)}, to, mode)
}

// common returns the currency that both amounts share. A mix is a mistake in the program, never in its input, since whatever
// reads input compares currencies first.
func common(m, n Money) Currency {
	switch {
	case m.currency == n.currency, n.currency == "":
		return m.currency
	case m.currency == "":
		return n.currency
	}
	panic("money: " + string(m.currency) + " mixed with " + string(n.currency))
}
