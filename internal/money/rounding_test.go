package money_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/money"
	"backoffice/internal/money/moneytest"
)

var modes = map[string]money.Rounding{"HalfUp": money.HalfUp, "HalfEven": money.HalfEven, "Down": money.Down, "Up": money.Up}

func TestRoundingOfATenthOfAPenny(t *testing.T) {
	for _, tt := range []struct{ amount, halfUp, halfEven, down, up string }{
		{"0.05", "0.01", "0.00", "0.00", "0.01"},
		{"0.15", "0.02", "0.02", "0.01", "0.02"},
		{"0.25", "0.03", "0.02", "0.02", "0.03"},
		{"-0.05", "-0.01", "0.00", "0.00", "-0.01"},
		{"-0.25", "-0.03", "-0.02", "-0.02", "-0.03"},
		{"0.24", "0.02", "0.02", "0.02", "0.03"},
		{"0.26", "0.03", "0.03", "0.02", "0.03"},
		{"0.01", "0.00", "0.00", "0.00", "0.01"},
		{"23.45", "2.35", "2.34", "2.34", "2.35"},
		{"20.00", "2.00", "2.00", "2.00", "2.00"},
	} {
		for mode, want := range map[money.Rounding]string{
			money.HalfUp: tt.halfUp, money.HalfEven: tt.halfEven, money.Down: tt.down, money.Up: tt.up,
		} {
			if got := gbp(t, tt.amount).MulRate(rate(t, "0.1"), mode).Amount(); got != want {
				t.Errorf("%s x 0.1 by mode %d is %s, want %s", tt.amount, mode, got, want)
			}
			if got := gbp(t, tt.amount).QuoRate(rate(t, "10"), mode).Amount(); got != want {
				t.Errorf("%s / 10 by mode %d is %s, want %s", tt.amount, mode, got, want)
			}
		}
	}
}

func TestRoundingAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := moneytest.Currencies().Draw(t, "currency")
		m := moneytest.Amounts(c).Draw(t, "amount")
		r := moneytest.Rates().Draw(t, "rate")
		mode := modes[rapid.SampledFrom([]string{"HalfUp", "HalfEven", "Down", "Up"}).Draw(t, "mode")]
		units, factor := ratOf(t, m.MinorString()), ratOf(t, r.String())

		if got, want := m.MulRate(r, mode).MinorString(), rounded(new(big.Rat).Mul(units, factor), mode); got != want {
			t.Fatalf("product has %s minor units, want %s", got, want)
		}
		if r.IsZero() {
			return
		}
		if got, want := m.QuoRate(r, mode).MinorString(), rounded(new(big.Rat).Quo(units, factor), mode); got != want {
			t.Fatalf("quotient has %s minor units, want %s", got, want)
		}
	})
}

func TestRatesAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := moneytest.Rates().Draw(t, "r"), moneytest.Rates().Draw(t, "s")
		mode := modes[rapid.SampledFrom([]string{"HalfUp", "HalfEven", "Down", "Up"}).Draw(t, "mode")]
		decimals := rapid.IntRange(0, 12).Draw(t, "decimals")
		x, y := ratOf(t, r.String()), ratOf(t, s.String())
		scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
		same := func(name string, got money.Rate, want *big.Rat) {
			if ratOf(t, got.String()).Cmp(want) != 0 {
				t.Fatalf("%s is %v, want %s", name, got, want.RatString())
			}
		}
		at := func(exact *big.Rat) *big.Rat {
			whole := ratOf(t, rounded(exact.Mul(exact, scale), mode))
			return whole.Quo(whole, scale)
		}
		same("sum", r.Add(s), new(big.Rat).Add(x, y))
		same("difference", r.Sub(s), new(big.Rat).Sub(x, y))
		same("product", r.Mul(s), new(big.Rat).Mul(x, y))
		same("opposite", r.Neg(), new(big.Rat).Neg(x))
		same("absolute", r.Abs(), new(big.Rat).Abs(x))
		same("percentage", r.Percent(), new(big.Rat).Quo(x, big.NewRat(100, 1)))
		same("rounded", r.Round(decimals, mode), at(new(big.Rat).Set(x)))
		if !s.IsZero() {
			same("quotient", r.Quo(s, decimals, mode), at(new(big.Rat).Quo(x, y)))
		}
		if r.Cmp(s) != x.Cmp(y) || r.Equal(s) != (x.Cmp(y) == 0) || r.Sign() != x.Sign() || r.IsZero() != (x.Sign() == 0) {
			t.Fatalf("%v and %v are ordered wrongly", r, s)
		}
		if r.Round(decimals, mode).Decimals() > decimals {
			t.Fatalf("%v rounded to %d decimals is %v", r, decimals, r.Round(decimals, mode))
		}
	})
}

// ratOf reads a plain decimal as a fraction.
func ratOf(t interface{ Fatalf(string, ...any) }, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is not a number", s)
	}
	return r
}

// rounded is the reference: it rounds a fraction to an integer by looking at the fraction alone.
func rounded(x *big.Rat, mode money.Rounding) string {
	q, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	twice := new(big.Int).Lsh(new(big.Int).Abs(rest), 1).Cmp(x.Denom())
	away := rest.Sign() != 0 && mode == money.Up ||
		twice > 0 && (mode == money.HalfUp || mode == money.HalfEven) ||
		twice == 0 && (mode == money.HalfUp || mode == money.HalfEven && q.Bit(0) == 1)
	if away {
		q.Add(q, big.NewInt(int64(x.Sign())))
	}
	return q.String()
}
