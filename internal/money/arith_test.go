package money_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/money"
	"backoffice/internal/money/moneytest"
)

func gbp(t testing.TB, amount string) money.Money {
	t.Helper()
	m, err := money.Parse(amount, money.GBP)
	if err != nil {
		t.Fatalf("Parse(%q): %v", amount, err)
	}
	return m
}

func rate(t testing.TB, s string) money.Rate {
	t.Helper()
	r, err := money.ParseRate(s)
	if err != nil {
		t.Fatalf("ParseRate(%q): %v", s, err)
	}
	return r
}

func TestSumDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := moneytest.Currencies().Draw(t, "currency")
		ms := rapid.SliceOf(moneytest.Amounts(c)).Draw(t, "amounts")
		shuffled := rapid.Permutation(ms).Draw(t, "shuffled")
		total := new(big.Int)
		for _, m := range ms {
			units, _ := new(big.Int).SetString(m.MinorString(), 10)
			total.Add(total, units)
		}
		sum := money.Sum(ms...)
		if !sum.Equal(money.Sum(shuffled...)) || sum.MinorString() != total.String() {
			t.Fatalf("sum %v, shuffled %v, integers %v", sum, money.Sum(shuffled...), total)
		}
	})
}

func TestAmountsAreAGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := moneytest.Currencies().Draw(t, "currency")
		m, n := moneytest.Amounts(c).Draw(t, "m"), moneytest.Amounts(c).Draw(t, "n")
		nought := money.FromMinor(0, c)
		switch {
		case !m.Add(n).Sub(n).Equal(m):
			t.Fatal("adding and subtracting changes an amount")
		case !m.Sub(m).Equal(nought) || !m.Add(m.Neg()).Equal(nought):
			t.Fatal("an amount less itself is not nought")
		case m.Cmp(n) != -n.Cmp(m) || m.Cmp(n) != m.Sub(n).Sign() || (m.Cmp(n) == 0) != m.Equal(n):
			t.Fatal("order disagrees with difference")
		case m.Abs().Sign() < 0 || m.Sign() >= 0 && !m.Abs().Equal(m) || m.Sign() < 0 && !m.Abs().Equal(m.Neg()):
			t.Fatal("absolute amount is wrong")
		case !m.Add(money.Money{}).Equal(m) || !(money.Money{}).Add(m).Equal(m) || !m.Sub(money.Money{}).Equal(m):
			t.Fatal("the zero value changes a sum")
		}
	})
}

func TestZeroValue(t *testing.T) {
	var none money.Money
	if !none.IsZero() || none.Sign() != 0 || none.Currency() != "" ||
		none.Amount() != "0" || none.MinorString() != "0" || none.String() != "0" {
		t.Errorf("zero value is %v", none)
	}
	two := money.RateOf(2, 0)
	for _, m := range []money.Money{
		none.Neg(), none.Abs(), none.Add(none), money.Sum(), none.MulRate(two, money.Up), none.QuoRate(two, money.Up),
	} {
		if !m.Equal(none) {
			t.Errorf("%v is not the zero value", m)
		}
	}
	if none.Equal(gbp(t, "0")) || none.Cmp(gbp(t, "0")) != 0 || none.Cmp(gbp(t, "1")) != -1 {
		t.Error("the zero value is of a currency")
	}
}

func TestMixedCurrenciesPanic(t *testing.T) {
	pounds, euros := money.FromMinor(1, money.GBP), money.FromMinor(1, money.EUR)
	for name, mix := range map[string]func(){
		"Add":       func() { pounds.Add(euros) },
		"Sub":       func() { pounds.Sub(euros) },
		"Cmp":       func() { pounds.Cmp(euros) },
		"Sum":       func() { money.Sum(pounds, money.Money{}, euros) },
		"FromMinor": func() { money.FromMinor(1, "ZZZ") },
		"mode":      func() { pounds.MulRate(money.RateOf(1, 1), 0) },
		"quo mode":  func() { pounds.QuoRate(money.RateOf(3, 0), 9) },
		"quo zero":  func() { pounds.QuoRate(money.Rate{}, money.Up) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			mix()
		})
	}
	if pounds.Equal(euros) {
		t.Error("a pound equals a euro")
	}
}

func TestConvert(t *testing.T) {
	if got := gbp(t, "10.00").Convert(rate(t, "191.255"), "JPY", money.HalfUp); got.String() != "1913 JPY" {
		t.Errorf("10.00 GBP is %v", got)
	}
	if got := gbp(t, "10.00").Convert(rate(t, "0.41256"), "KWD", money.HalfEven); got.String() != "4.126 KWD" {
		t.Errorf("10.00 GBP is %v", got)
	}
	if got := money.FromRate(rate(t, "0.0375").Mul(rate(t, "12")), money.GBP, money.Down); got.String() != "0.45 GBP" {
		t.Errorf("12 at 0.0375 is %v", got)
	}
	if got := gbp(t, "100").Rate().Quo(rate(t, "3"), 6, money.HalfUp); got.String() != "33.333333" {
		t.Errorf("unit cost is %v", got)
	}
}

func TestAllocate(t *testing.T) {
	for _, tt := range []struct {
		amount  string
		weights []string
		want    []string
	}{
		{"100.00", []string{"1", "1", "1"}, []string{"33.34", "33.33", "33.33"}},
		{"-100.00", []string{"1", "1", "1"}, []string{"-33.34", "-33.33", "-33.33"}},
		{"0.01", []string{"0", "1", "1"}, []string{"0.00", "0.01", "0.00"}},
		{"0.05", []string{"0.7", "0.3"}, []string{"0.04", "0.01"}},
		{"10.00", []string{"0.1", "20", "0"}, []string{"0.05", "9.95", "0.00"}},
		{"0.00", []string{"3", "4"}, []string{"0.00", "0.00"}},
	} {
		var weights []money.Rate
		for _, w := range tt.weights {
			weights = append(weights, rate(t, w))
		}
		parts, err := gbp(t, tt.amount).Allocate(weights)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range parts {
			got = append(got, p.Amount())
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s by %v is %v, want %v", tt.amount, tt.weights, got, tt.want)
		}
	}
	one := gbp(t, "1")
	for _, weights := range [][]money.Rate{nil, {}, {rate(t, "0")}, {rate(t, "1"), rate(t, "-1")}} {
		if _, err := one.Allocate(weights); !errors.Is(err, money.ErrWeights) {
			t.Errorf("weights %v: error = %v", weights, err)
		}
	}
}

// TestLeftoverPenniesGoToTheEarliest uses enough parts that an unstable sort would show.
func TestLeftoverPenniesGoToTheEarliest(t *testing.T) {
	const parts, leftover = 60, 25
	weights := make([]money.Rate, parts)
	for i := range weights {
		weights[i] = money.RateOf(int64(1+i%2), 0) // a total weight of 90
	}
	got, err := money.FromMinor(90*100+leftover, money.GBP).Allocate(weights)
	if err != nil {
		t.Fatal(err)
	}
	extra := 0
	for i, p := range got {
		base := money.FromMinor(int64(1+i%2)*100, money.GBP)
		wantExtra := i%2 == 1 && extra < leftover // a weight of 2 loses 0.56 of a penny, a weight of 1 half of that
		if p.Cmp(base) > 0 != wantExtra {
			t.Fatalf("part %d is %v", i, p)
		}
		if wantExtra {
			extra++
		}
	}
}

func TestAllocationSumsToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := moneytest.Currencies().Draw(t, "currency")
		m := moneytest.Amounts(c).Draw(t, "amount")
		weights := rapid.SliceOfN(moneytest.Weights(), 1, 20).Draw(t, "weights")
		total := new(big.Rat)
		for _, w := range weights {
			total.Add(total, ratOf(t, w.String()))
		}
		parts, err := m.Allocate(weights)
		if total.Sign() == 0 {
			if !errors.Is(err, money.ErrWeights) {
				t.Fatalf("error = %v", err)
			}
			return
		}
		if err != nil || len(parts) != len(weights) || !money.Sum(parts...).Equal(m) {
			t.Fatalf("%v by %v is %v, %v", m, weights, parts, err)
		}
		for i, p := range parts {
			exact := new(big.Rat).Mul(ratOf(t, m.MinorString()), ratOf(t, weights[i].String()))
			exact.Quo(exact, total)
			off := exact.Sub(exact, ratOf(t, p.MinorString()))
			if off.Abs(off).Cmp(big.NewRat(1, 1)) >= 0 || p.Currency() != c {
				t.Fatalf("part %d of %v by %v is %v", i, m, weights, p)
			}
		}
	})
}
