package money

import (
	"errors"
	"strings"
)

// ErrCurrency says that a text is not the code of a currency that amounts can be kept in.
var ErrCurrency = errors.New("money: unknown currency")

// Currency is an ISO 4217 alphabetic code in capitals, such as "GBP". The empty code stands for no currency at all.
// A Currency made from outside text must come from [ParseCurrency]; a literal in code is checked when it is first used.
type Currency string

// The currencies that the code itself speaks of; all others come from data.
const (
	GBP Currency = "GBP"
	EUR Currency = "EUR"
	USD Currency = "USD"
)

// ParseCurrency returns the currency with the code s. It returns [ErrCurrency] for anything else, including lower case.
func ParseCurrency(s string) (Currency, error) {
	c := Currency(s)
	if _, ok := c.Scale(); !ok {
		return "", ErrCurrency
	}
	return c, nil
}

// Scale returns the number of decimals of the currency's minor unit: 2 for GBP, 0 for JPY, 3 for KWD. It reports false for an
// unknown code.
func (c Currency) Scale() (int, bool) {
	scale, ok := scales[c]
	return scale, ok
}

// mustScale is the scale of a currency that an earlier check has let through.
func (c Currency) mustScale() int32 {
	scale, ok := scales[c]
	if !ok {
		panic("money: unknown currency " + string(c))
	}
	return int32(scale)
}

// Currencies returns every known currency in no particular order.
func Currencies() []Currency {
	all := make([]Currency, 0, len(scales))
	for c := range scales {
		all = append(all, c)
	}
	return all
}

// scales is ISO 4217 list one (2026) by minor unit, with the national currencies withdrawn since 2022, which books that must be
// kept still hold. Metals, testing codes and units of account without money (XDR, CLF, USN and the like) are left out.
var scales = scaleTable(map[int]string{
	0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
	2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
		CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW
		KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK
		PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS
		UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
		ANG BGN CUC HRK SLL ZWL`,
	3: "BHD IQD JOD KWD LYD OMR TND",
})

// scaleTable turns lists of codes by scale into a scale by code.
func scaleTable(byScale map[int]string) map[Currency]int {
	table := make(map[Currency]int)
	for scale, codes := range byScale {
		for code := range strings.FieldsSeq(codes) {
			table[Currency(code)] = scale
		}
	}
	return table
}
