package money_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/money"
	"backoffice/internal/money/moneytest"
)

func TestJSON(t *testing.T) {
	got, err := json.Marshal(map[string]any{"m": gbp(t, "-1234.5"), "none": money.Money{}, "r": rate(t, "17.50")})
	if want := `{"m":{"amount":"-1234.50","currency":"GBP"},"none":null,"r":"17.5"}`; err != nil || string(got) != want {
		t.Errorf("written as %s, %v, want %s", got, err, want)
	}
}

func TestJSONIsStrict(t *testing.T) {
	for text, want := range map[string]error{
		`{"amount":"1.50","currency":"GBP"}`:          nil,
		` { "currency" : "GBP" , "amount" : "1.5" } `: nil,
		`null`:                                           nil,
		`{"amount":"1.50"}`:                              money.ErrSyntax,
		`{"currency":"GBP"}`:                             money.ErrSyntax,
		`{}`:                                             money.ErrSyntax,
		`{"amount":1.50,"currency":"GBP"}`:               money.ErrSyntax,
		`{"amount":null,"currency":"GBP"}`:               money.ErrSyntax,
		`{"amount":{"a":"b"},"currency":"GBP"}`:          money.ErrSyntax,
		`{"Amount":"1.50","currency":"GBP"}`:             money.ErrSyntax,
		`{"amount":"1","amount":"2","currency":"GBP"}`:   money.ErrSyntax,
		`{"amount":"1.50","currency":"GBP","scale":"2"}`: money.ErrSyntax,
		`{"amount":"+1","currency":"GBP"}`:               money.ErrSyntax,
		`{"amount":"1.505","currency":"GBP"}`:            money.ErrTooManyDecimals,
		`{"amount":"1","currency":"gbp"}`:                money.ErrCurrency,
		`{"amount":"1","currency":""}`:                   money.ErrCurrency,
		`"1.50"`:                                         money.ErrSyntax,
		`["1.50","GBP"]`:                                 money.ErrSyntax,
		`1`:                                              money.ErrSyntax,
	} {
		var m money.Money
		if err := json.Unmarshal([]byte(text), &m); !errors.Is(err, want) {
			t.Errorf("%s: error = %v, want %v", text, err, want)
		}
	}
	var r money.Rate
	for _, text := range []string{`1.5`, `""`, `"1e3"`, `true`, `{}`} {
		if err := json.Unmarshal([]byte(text), &r); err == nil {
			t.Errorf("%s is taken as the rate %v", text, r)
		}
	}
}

// TestJSONReadsBack also proves that equal amounts are deeply equal however they were made, which tests elsewhere rely on.
func TestJSONReadsBack(t *testing.T) {
	type line struct {
		Net  money.Money  `json:"net"`
		None *money.Money `json:"none,omitempty"`
		Rate money.Rate   `json:"rate"`
	}
	rapid.Check(t, func(t *rapid.T) {
		c := moneytest.Currencies().Draw(t, "currency")
		m := moneytest.Amounts(c).Draw(t, "amount")
		n := moneytest.Amounts(c).Draw(t, "other")
		in := line{Net: m.Add(n).Sub(n), Rate: moneytest.Rates().Draw(t, "rate")}
		data, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out line
		if err := json.Unmarshal(data, &out); err != nil || !reflect.DeepEqual(in, out) {
			t.Fatalf("%s read back as %+v, %v", data, out, err)
		}
	})
}

func TestErrorsDoNotEchoTheInput(t *testing.T) {
	var m money.Money
	err := json.Unmarshal([]byte(`{"amount":"secret-4711","currency":"secret-4711"}`), &m)
	if err == nil || strings.Contains(err.Error(), "4711") {
		t.Errorf("error is %v", err)
	}
	if _, err := money.ParseRate("secret-4711"); err == nil || strings.Contains(err.Error(), "4711") {
		t.Errorf("error is %v", err)
	}
}

// FuzzUnmarshalJSON holds the reader to the writer: whatever is taken is written in the one form, which reads back the same.
func FuzzUnmarshalJSON(f *testing.F) {
	f.Add([]byte(`{"amount":"1.50","currency":"GBP"}`))
	f.Add([]byte(`{"amount":"1","amount":"2","currency":"JPY"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m, again money.Money
		if m.UnmarshalJSON(data) != nil {
			return
		}
		written, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(written, &again); err != nil || !again.Equal(m) {
			t.Fatalf("%q became %s, then %v, %v", data, written, again, err)
		}
	})
}
