// Package moneytest makes amounts and rates for property tests, leaning on the edges where arithmetic on money goes wrong:
// nought, one minor unit, halves, and the largest amount that can be read from outside.
package moneytest

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"backoffice/internal/money"
)

// integerDigits is the number of digits before the point that money.Parse still takes.
const integerDigits = 15

// Currencies draws any known currency, those with an unusual minor unit as often as all others together.
func Currencies() *rapid.Generator[money.Currency] {
	all := money.Currencies()
	slices.Sort(all)
	return rapid.OneOf(
		rapid.SampledFrom(all),
		rapid.SampledFrom([]money.Currency{money.GBP, "JPY", "KWD"}),
	)
}

// Amounts draws amounts of c that can be written and read back.
func Amounts(c money.Currency) *rapid.Generator[money.Money] {
	return rapid.Custom(func(t *rapid.T) money.Money {
		m, err := money.FromMinorString(minorUnits(c).Draw(t, "minor"), c)
		if err != nil {
			t.Fatalf("drawn amount refused: %v", err)
		}
		return m
	})
}

// minorUnits draws a signed integer of minor units of c as text.
func minorUnits(c money.Currency) *rapid.Generator[string] {
	scale, _ := c.Scale()
	largest := strings.Repeat("9", integerDigits+scale)
	return rapid.OneOf(
		rapid.SampledFrom([]string{"0", "1", "-1", "5", "-5", "50", "99", "100", "101", "-101", largest, "-" + largest}),
		rapid.StringMatching(`-?[1-9][0-9]{0,5}`),
		rapid.StringMatching(`-?[1-9][0-9]{0,14}`),
	)
}

// Rates draws rates of either sign with up to twelve decimals.
func Rates() *rapid.Generator[money.Rate] {
	return rapid.Map(rateTexts(), parsed)
}

// Weights draws a rate that is not negative.
func Weights() *rapid.Generator[money.Rate] {
	return rapid.Map(Rates(), money.Rate.Abs)
}

// rateTexts draws the text of a rate.
func rateTexts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"0", "1", "-1", "0.5", "0.005", "-0.005", "0.015", "0.2", "17.5", "1.25", "0.000000000001",
			"999999999999999.999999999999", "-999999999999999.999999999999"}),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,4})?`),
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?`),
	)
}

// parsed reads a drawn text, which is a rate by construction.
func parsed(s string) money.Rate {
	r, err := money.ParseRate(s)
	if err != nil {
		panic("moneytest: drawn rate refused: " + err.Error())
	}
	return r
}
