package num

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// textGen draws numbers within range, biased towards edges.
func textGen() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		digits := rapid.StringMatching(`[0-9]{1,38}`).Draw(t, "digits")
		if rapid.Bool().Draw(t, "point") {
			at := rapid.IntRange(0, len(digits)-1).Draw(t, "at")
			digits = digits[:at] + "." + digits[at:]
		}
		sign := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign")
		exp := rapid.SampledFrom([]string{"", "e0", "E+5", "e-5", "e37", "E-60", "E80"}).Draw(t, "exp")
		return sign + digits + exp
	})
}

func rat(t *rapid.T, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("big.Rat refuses %q", s)
	}
	return r
}

func TestParseKeepsTheValueAndItsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := textGen().Draw(t, "a"), textGen().Draw(t, "b")
		na, err := Parse(a)
		if err != nil {
			t.Fatalf("%q: %v", a, err)
		}
		nb, err := Parse(b)
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		ra, rb := rat(t, a), rat(t, b)
		if got := rat(t, na.String()); got.Cmp(ra) != 0 {
			t.Fatalf("%q is written %q", a, na)
		}
		if got, want := strings.Compare(string(na), string(nb)), ra.Cmp(rb); got != want {
			t.Fatalf("%q against %q: %d, want %d", a, b, got, want)
		}
		again, err := Parse(na.String())
		if err != nil || again != na || !na.Valid() || Len(string(na)+"tail") != len(na) {
			t.Fatalf("%q does not come back: %q %v", a, again, err)
		}
	})
}

func TestAddAndSubAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := textGen().Draw(t, "a"), textGen().Draw(t, "b")
		na, _ := Parse(a)
		nb, _ := Parse(b)
		for _, op := range []struct {
			name string
			f    func(a, b Number) (Number, error)
			want *big.Rat
		}{
			{"add", Add, new(big.Rat).Add(rat(t, a), rat(t, b))},
			{"sub", Sub, new(big.Rat).Sub(rat(t, a), rat(t, b))},
		} {
			got, err := op.f(na, nb)
			if errors.Is(err, ErrDigits) {
				continue
			}
			if err != nil || rat(t, got.String()).Cmp(op.want) != 0 {
				t.Fatalf("%s %q %q: %q %v, want %s", op.name, a, b, got, err, op.want)
			}
		}
	})
}

func TestParseTable(t *testing.T) {
	nines := strings.Repeat("9", 38)
	for _, c := range []struct {
		in, out string
		err     error
	}{
		{"0", "0", nil}, {"-0.00", "0", nil}, {"0e999", "0", nil}, {"1.50", "1.5", nil},
		{".5", "0.5", nil}, {"5.", "5", nil}, {"-1e3", "-1000", nil}, {"00012", "12", nil},
		{nines, nines, nil}, {nines + "0", nines + "0", nil}, {nines + "1", "", ErrDigits},
		{"1" + strings.Repeat("0", 40) + "1", "", ErrDigits},
		{"9.9e125", "99" + strings.Repeat("0", 124), nil}, {"1e126", "", ErrOverflow},
		{"1e-130", "0." + strings.Repeat("0", 129) + "1", nil}, {"1e-131", "", ErrUnderflow},
		{"1e99999999999999", "", ErrOverflow}, {"-1e126", "", ErrOverflow},
		{"", "", ErrSyntax}, {".", "", ErrSyntax}, {"-", "", ErrSyntax}, {"1e", "", ErrSyntax},
		{"1e+", "", ErrSyntax}, {"abc", "", ErrSyntax}, {"1 ", "", ErrSyntax}, {"0x10", "", ErrSyntax},
		{"NaN", "", ErrSyntax}, {"Infinity", "", ErrSyntax}, {"1..2", "", ErrSyntax}, {"1_0", "", ErrSyntax},
	} {
		n, err := Parse(c.in)
		if !errors.Is(err, c.err) || err == nil && n.String() != c.out {
			t.Errorf("%q: %q %v, want %q %v", c.in, n, err, c.out, c.err)
		}
	}
}

func TestArithmeticRefusesWhatDoesNotFit(t *testing.T) {
	big9, _ := Parse("9." + strings.Repeat("9", 37) + "e125")
	small, _ := Parse("1e-130")
	one := FromInt(1)
	if _, err := Add(big9, big9); !errors.Is(err, ErrOverflow) {
		t.Errorf("overflow: %v", err)
	}
	if _, err := Add(one, small); !errors.Is(err, ErrDigits) {
		t.Errorf("digits: %v", err)
	}
	lost, _ := Parse("1.1e-130")
	if _, err := Sub(lost, small); !errors.Is(err, ErrUnderflow) {
		t.Errorf("underflow: %v", err)
	}
}

func TestIntegers(t *testing.T) {
	for _, v := range []int64{0, 1, -1, 10, 100, 12345, -1 << 62, 999999999999999999} {
		n := FromInt(v)
		got, ok := n.Int64()
		if v > -1e18 && (!ok || got != v) {
			t.Errorf("%d: %d %v", v, got, ok)
		}
	}
	n, _ := Parse("12.9")
	if v, ok := n.Floor64(); !ok || v != 12 {
		t.Errorf("floor of 12.9: %d %v", v, ok)
	}
	if _, ok := n.Int64(); ok {
		t.Error("12.9 passed for an integer")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1", "-1.5e10", "1e-130", ".", "1e126", "00.100"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(n.String())
		if err != nil || again != n || !n.Valid() {
			t.Fatalf("%q gives %q, which gives %q %v", s, n, again, err)
		}
	})
}
