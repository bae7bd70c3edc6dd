package money_test

import (
	"errors"
	"testing"

	"golang.org/x/text/currency"

	"backoffice/internal/money"
)

func TestScale(t *testing.T) {
	for code, want := range map[money.Currency]int{"GBP": 2, "EUR": 2, "JPY": 0, "KRW": 0, "KWD": 3, "TND": 3, "ISK": 0, "HUF": 2} {
		if got, ok := code.Scale(); !ok || got != want {
			t.Errorf("%s has scale %d, %t, want %d", code, got, ok, want)
		}
	}
	for _, code := range []string{"", "gbp", "GB", "GBPX", "XXX", "XAU", "XTS", "ABC", " GBP"} {
		if _, err := money.ParseCurrency(code); !errors.Is(err, money.ErrCurrency) {
			t.Errorf("ParseCurrency(%q) error = %v", code, err)
		}
	}
	if c, err := money.ParseCurrency("EUR"); err != nil || c != money.EUR {
		t.Errorf("ParseCurrency(EUR) = %s, %v", c, err)
	}
}

// TestCurrenciesAgainstUnicode compares the table with the Unicode data. Unicode gives decimals as they are used in shops
// rather than as ISO 4217 has them, so only decimals that it has and we lack count as a mistake; codes newer than its release are
// named here.
func TestCurrenciesAgainstUnicode(t *testing.T) {
	newer := map[money.Currency]bool{"XCG": true, "ZWG": true, "SLE": true, "VED": true, "MRU": true, "VES": true}
	for _, c := range money.Currencies() {
		unit, err := currency.ParseISO(string(c))
		if err != nil {
			if !newer[c] {
				t.Errorf("%s is not a currency that Unicode knows", c)
			}
			continue
		}
		scale, _ := c.Scale()
		if decimals, _ := currency.Standard.Rounding(unit); decimals > scale {
			t.Errorf("%s has %d decimals, Unicode has %d", c, scale, decimals)
		}
	}
}

// TestNoCurrencyIsMissing finds tender of a region that the table forgot. The two that Unicode still has were withdrawn in 2018.
func TestNoCurrencyIsMissing(t *testing.T) {
	withdrawn := map[string]bool{"MRO": true, "VEF": true}
	for it := currency.Query(); it.Next(); {
		code := it.Unit().String()
		if _, ok := money.Currency(code).Scale(); !ok && it.IsTender() && !withdrawn[code] {
			t.Errorf("%s, tender in %s, is not known", code, it.Region())
		}
	}
}
