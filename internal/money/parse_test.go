package money_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/money"
	"backoffice/internal/money/moneytest"
)

func TestParse(t *testing.T) {
	nines := strings.Repeat("9", 15)
	for _, tt := range []struct {
		text     string
		currency money.Currency
		want     string
		err      error
	}{
		{"0", "GBP", "0.00", nil},
		{"-0.00", "GBP", "0.00", nil},
		{"1.5", "GBP", "1.50", nil},
		{"-1234.50", "GBP", "-1234.50", nil},
		{"0.05", "GBP", "0.05", nil},
		{nines + ".99", "GBP", nines + ".99", nil},
		{"7", "JPY", "7", nil},
		{"1.5", "KWD", "1.500", nil},
		{"0.001", "KWD", "0.001", nil},
		{"1.005", "GBP", "", money.ErrTooManyDecimals},
		{"1.0", "JPY", "", money.ErrTooManyDecimals},
		{"1.500", "GBP", "", money.ErrTooManyDecimals},
		{"1" + nines, "GBP", "", money.ErrTooLarge},
		{"1", "gbp", "", money.ErrCurrency},
		{"1", "", "", money.ErrCurrency},
		{"1", "XXX", "", money.ErrCurrency},
	} {
		got, err := money.Parse(tt.text, tt.currency)
		if !errors.Is(err, tt.err) {
			t.Errorf("Parse(%q, %s) error = %v, want %v", tt.text, tt.currency, err, tt.err)
			continue
		}
		if err == nil && got.Amount() != tt.want {
			t.Errorf("Parse(%q, %s) = %s, want %s", tt.text, tt.currency, got.Amount(), tt.want)
		}
	}
}

func TestParseRefusesWhatIsNotPlain(t *testing.T) {
	for _, text := range []string{"", "-", ".", "1.", ".5", "-.5", "+1", "--1", " 1", "1 ", "1e2", "1E2", "0x1", "01", "00", "-01",
		"00.5", "1,000", "1.2.3", "\u22121", "\u0661", "NaN", "Inf", "1_0", "£1", "1\n"} {
		if _, err := money.Parse(text, money.GBP); !errors.Is(err, money.ErrSyntax) {
			t.Errorf("Parse(%q) error = %v, want ErrSyntax", text, err)
		}
		if _, err := money.ParseRate(text); !errors.Is(err, money.ErrSyntax) {
			t.Errorf("ParseRate(%q) error = %v, want ErrSyntax", text, err)
		}
	}
}

func TestFromMinorString(t *testing.T) {
	digits := strings.Repeat("9", 38)
	for _, tt := range []struct {
		text, want string
		err        error
	}{
		{"123450", "1234.50", nil},
		{"-5", "-0.05", nil},
		{"0", "0.00", nil},
		{digits, digits[:36] + ".99", nil},
		{"1" + digits, "", money.ErrTooLarge},
		{"1.5", "", money.ErrSyntax},
		{"1.", "", money.ErrSyntax},
		{"", "", money.ErrSyntax},
		{"1E2", "", money.ErrSyntax},
	} {
		got, err := money.FromMinorString(tt.text, money.GBP)
		if !errors.Is(err, tt.err) || err == nil && got.Amount() != tt.want {
			t.Errorf("FromMinorString(%q) = %v, %v, want %s, %v", tt.text, got, err, tt.want, tt.err)
		}
	}
	if _, err := money.FromMinorString("1", "ZZZ"); !errors.Is(err, money.ErrCurrency) {
		t.Errorf("error = %v, want ErrCurrency", err)
	}
}

func TestEveryFormReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := moneytest.Currencies().Draw(t, "currency")
		m := moneytest.Amounts(c).Draw(t, "amount")
		fromText, err := money.Parse(m.Amount(), c)
		if err != nil || !fromText.Equal(m) || fromText.Amount() != m.Amount() {
			t.Fatalf("%v parsed as %v, %v", m, fromText, err)
		}
		fromMinor, err := money.FromMinorString(m.MinorString(), c)
		if err != nil || !fromMinor.Equal(m) || fromMinor.MinorString() != m.MinorString() {
			t.Fatalf("%v read from minor units as %v, %v", m, fromMinor, err)
		}
		r := moneytest.Rates().Draw(t, "rate")
		if again, err := money.ParseRate(r.String()); err != nil || !again.Equal(r) {
			t.Fatalf("rate %v parsed as %v, %v", r, again, err)
		}
	})
}

// FuzzParse holds Parse to its grammar by an independent one: what it takes, it writes back as the same number, and the text
// it took has none of the liberties of general number parsers.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0", "-1.50", "1e9", "00.1", "999999999999999.99", "1.", "−1"} {
		f.Add(seed, "GBP")
		f.Add(seed, "JPY")
	}
	f.Fuzz(func(t *testing.T, text, code string) {
		m, err := money.Parse(text, money.Currency(code))
		if err != nil {
			if !m.Equal(money.Money{}) {
				t.Fatalf("refused %q but returned %v", text, m)
			}
			return
		}
		if strings.Trim(text, "-.0123456789") != "" {
			t.Fatalf("took %q", text)
		}
		want, written := strings.TrimPrefix(text, "-"), strings.TrimPrefix(m.Amount(), "-")
		if rest, ok := strings.CutPrefix(written, want); !ok || strings.Trim(rest, ".0") != "" {
			t.Fatalf("%q written back as %q", text, m.Amount())
		}
		if (text[0] == '-' && !m.IsZero()) != (m.Sign() < 0) {
			t.Fatalf("%q has sign %d", text, m.Sign())
		}
	})
}

func FuzzParseRate(f *testing.F) {
	for _, seed := range []string{"0", "-1.50", "1e9", "0.000000000001", "1.", "100"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := money.ParseRate(text)
		if err != nil {
			return
		}
		again, err := money.ParseRate(r.String())
		if err != nil || !again.Equal(r) || again.String() != r.String() {
			t.Fatalf("%q became %q, then %v, %v", text, r, again, err)
		}
	})
}
