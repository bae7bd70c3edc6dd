package civil_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
)

type record struct {
	Due    civil.Date            `json:"due"`
	Left   civil.Date            `json:"left,omitzero"`
	Period civil.Period          `json:"period"`
	ByDay  map[civil.Date]string `json:"byDay,omitempty"`
	Ends   *civil.Date           `json:"ends"`
}

func TestJSON(t *testing.T) {
	r := record{
		Due:    civil.Of(2026, time.April, 5),
		Period: civil.PeriodOf(civil.Of(2026, time.April, 5)),
		ByDay:  map[civil.Date]string{civil.Of(2024, time.February, 29): "leap"},
	}
	got, err := json.Marshal(r)
	want := `{"due":"2026-04-05","period":"2026-04","byDay":{"2024-02-29":"leap"},"ends":null}`
	if err != nil || string(got) != want {
		t.Fatalf("written as %s, %v, want %s", got, err, want)
	}
	var again record
	err = json.Unmarshal(got, &again)
	if err != nil || again.Due != r.Due || again.Period != r.Period || again.ByDay[civil.Of(2024, time.February, 29)] != "leap" {
		t.Errorf("read back as %+v, %v", again, err)
	}
	if got, err := json.Marshal(record{}); err != nil || string(got) != `{"due":null,"period":null,"ends":null}` {
		t.Errorf("written as %s, %v", got, err)
	}
}

func TestJSONIsStrict(t *testing.T) {
	for _, text := range []string{`""`, `1`, `true`, `{}`, `[]`, `"2026-02-30"`, `"2026-4-5"`, `" "`, `"secret-4711"`} {
		var d civil.Date
		if err := json.Unmarshal([]byte(text), &d); !errors.Is(err, civil.ErrDate) || strings.Contains(err.Error(), "4711") {
			t.Errorf("%s: date %v, error %v", text, d, err)
		}
		var p civil.Period
		if err := json.Unmarshal([]byte(text), &p); !errors.Is(err, civil.ErrPeriod) || strings.Contains(err.Error(), "4711") {
			t.Errorf("%s: period %v, error %v", text, p, err)
		}
	}
}

func TestTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.OneOf(dates(), rapid.Just(civil.Date{})).Draw(t, "d")
		in := record{Due: d, Period: civil.PeriodOf(d)}
		data, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		out := record{Due: civil.Of(1999, time.May, 1), Period: civil.PeriodOf(civil.Of(1999, time.May, 1))}
		if err := json.Unmarshal(data, &out); err != nil || out.Due != in.Due || out.Period != in.Period {
			t.Fatalf("%s read back as %+v, %v", data, out, err)
		}
		text, err := d.MarshalText()
		var again civil.Date
		if err != nil || again.UnmarshalText(text) != nil || again != d {
			t.Fatalf("%q read back as %v, %v", text, again, err)
		}
		text, err = in.Period.MarshalText()
		var period civil.Period
		if err != nil || period.UnmarshalText(text) != nil || period != in.Period {
			t.Fatalf("%q read back as %v, %v", text, period, err)
		}
	})
}

func TestWhatCannotBeReadIsNotWritten(t *testing.T) {
	for _, d := range []civil.Date{civil.Of(9999, time.December, 31).AddDays(1), civil.Of(1, time.January, 1).AddDays(-1)} {
		if _, err := d.MarshalText(); !errors.Is(err, civil.ErrDate) {
			t.Errorf("%v: error = %v", d, err)
		}
		if _, err := json.Marshal(civil.PeriodOf(d)); !errors.Is(err, civil.ErrPeriod) {
			t.Errorf("%v: error = %v", d, err)
		}
	}
	d := civil.Of(2026, time.May, 1)
	if err := d.UnmarshalText([]byte("1 May")); !errors.Is(err, civil.ErrDate) || d != civil.Of(2026, time.May, 1) {
		t.Errorf("a refused text leaves %v, %v", d, err)
	}
}
