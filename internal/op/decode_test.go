package op

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/civil"
	"backoffice/internal/fault"
	"backoffice/internal/money"
)

// everything is an input with one of everything that an operation may take.
type everything struct {
	ID      string            `path:"sampleId" json:"-"`
	Limit   int               `query:"limit" json:"-" minimum:"1" maximum:"200"`
	AsOf    civil.Date        `query:"asOf" json:"-"`
	States  []string          `query:"state" json:"-" enum:"open,closed"`
	Flag    bool              `query:"flag" json:"-"`
	Name    string            `json:"name" minLength:"1" maxLength:"8" pattern:"^[a-z]*$"`
	Amount  *money.Money      `json:"amount,omitempty"`
	On      civil.Date        `json:"on,omitzero" required:"false"`
	Values  map[string]string `json:"values,omitempty" maxProperties:"2"`
	Lines   []anyLine         `json:"lines,omitempty" maxItems:"3"`
	Count   int               `json:"count,omitempty" minimum:"0" maximum:"9"`
	Kind    string            `json:"kind,omitempty" enum:"a,b"`
	Enabled bool              `json:"enabled,omitempty"`
}

type anyLine struct {
	Text string `json:"text" maxLength:"8"`
}

func requestOf(body, query string) *Request {
	q, err := url.ParseQuery(query)
	if err != nil {
		q = url.Values{}
	}
	return &Request{ID: "req_1", Path: map[string]string{"sampleId": "x"}, Query: q, Header: http.Header{}, Body: []byte(body)}
}

// Each fault of a request has its code and its place; faults of one class are told together.
func TestDecode(t *testing.T) {
	for _, c := range []struct {
		body, query string
		want        string // status, and code:pointer of each field, or the code alone
	}{
		{`{"name":"abc","amount":{"amount":"1.50","currency":"GBP"},"on":"2028-02-29","values":{"a":"b"},"lines":[{"text":"t"}],"count":3,"kind":"b"}`, "limit=5&asOf=2026-04-30&state=open,closed&flag=true", "ok"},
		{`{"name":"abc"} {}`, "", "400 API-001"},
		{`[]`, "", "400 API-001"},
		{``, "", "400 API-001"},
		{`{"name":"a","name":"b"}`, "", "400 API-001"},
		{strings.Repeat(`{"name":`, 40), "", "400 API-025"},
		{`{"name":"abc","colour":1,"size":2}`, "", "400 API-002:/colour API-002:/size"},
		{`{"name":1}`, "", "400 API-003:/name"},
		{`{"name":null}`, "", "400 API-003:/name"},
		{`{"name":"abc"}`, "colour=1", "400 API-002:colour"},
		{`{"name":"abc"}`, "limit=1&limit=2", "400 API-003:limit"},
		{`{"name":"abc"}`, "limit=0", "400 API-009:limit"},
		{`{"name":"abc"}`, "limit=x", "400 API-003:limit"},
		{`{"name":"abc"}`, "asOf=2026-02-30", "400 API-003:asOf"},
		{`{"name":"abc"}`, "flag=1", "400 API-003:flag"},
		{`{}`, "", "422 API-004:/name"},
		{`{"name":"ABCDEFGHI","count":10,"kind":"c"}`, "", "422 API-007:/kind API-005:/name API-008:/name API-009:/count"},
		{`{"name":"abc","on":"2026-02-29"}`, "", "422 API-008:/on"},
		{`{"name":"abc","amount":{"amount":"1.501","currency":"GBP"}}`, "", "422 API-031:/amount"},
		{`{"name":"abc","amount":{"amount":"1.5","currency":"ZZZ"}}`, "", "422 API-032:/amount"},
		{`{"name":"abc","lines":[{"text":"t"},{"text":"much too long"}]}`, "", "422 API-005:/lines/1/text"},
		{`{"name":"abc","lines":[{"text":"a\u0000b"},{"text":"a\tb\r\n"},{"text":"\u0085"}]}`, "", "422 API-039:/lines/0/text API-039:/lines/2/text"},
		{`{"name":"abc","values":{"a":"1","b":"2","c":"3"}}`, "", "422 API-026:/values"},
		{`{"name":"abc","count":1e3}`, "", "422 API-009:/count"},
		{`{"name":"abc","count":0.` + strings.Repeat("0", 64) + `}`, "", "422 API-009:/count"}, // its digits are not even read
		{`{"name":"abc","count":1.5}`, "", "400 API-003:/count"},
	} {
		var in everything
		got := outcomeOf(decode(requestOf(c.body, c.query), &in))
		if sortWords(got) != sortWords(c.want) {
			t.Errorf("%s ?%s: %s, wanted %s", c.body, c.query, got, c.want)
		}
	}
}

func outcomeOf(err error) string {
	if err == nil {
		return "ok"
	}
	resp := Refuse(err, "r")
	var p Problem
	if err := json.Unmarshal(resp.Body, &p); err != nil {
		return err.Error()
	}
	out := string(rune('0'+resp.Status/100)) + string(rune('0'+resp.Status/10%10)) + string(rune('0'+resp.Status%10))
	if len(p.Errors) == 0 {
		return out + " " + p.Code
	}
	for _, f := range p.Errors {
		out += " " + f.Code + ":" + f.Pointer
	}
	return out
}

func sortWords(text string) string {
	words := strings.Fields(text)
	for i := range words {
		for j := i + 1; j < len(words); j++ {
			if words[j] < words[i] {
				words[i], words[j] = words[j], words[i]
			}
		}
	}
	return strings.Join(words, " ")
}

// A number out of range is told its range, in a parameter as in a body.
func TestARangeIsTold(t *testing.T) {
	for _, c := range [][3]string{
		{`{"name":"abc"}`, "limit=201", "A number from 1 to 200 is expected."},
		{`{"name":"abc","count":10}`, "", "A number from 0 to 9 is expected."},
	} {
		var in everything
		if e := fault.Of(decode(requestOf(c[0], c[1]), &in)); len(e.Fields) != 1 || e.Fields[0].Message != c[2] {
			t.Errorf("%s %s: %+v", c[0], c[1], e.Fields)
		}
	}
}

// Whatever is sent is read or refused, never a defect; what is read satisfies its limits; and no value comes back.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"name":"abc"}`, `{"name":"abc","amount":{"amount":"1.50","currency":"GBP"}}`, `{"lines":[{"text":"x"}]}`, `[[[[`, `{"on":"2026-02-30"}`, `{"a":{"b":{"c":1e999}}}`, "\x00", `{"name":"\ud800"}`} {
		f.Add([]byte(seed), "limit=3&asOf=2026-01-01")
	}
	f.Add([]byte(`{}`), "state=open,,&limit=-1&flag=true&%zz")
	f.Fuzz(func(t *testing.T, body []byte, query string) {
		var in everything
		err := decode(requestOf(string(body), query), &in)
		if err != nil {
			if e := fault.Of(err); e.Kind != fault.Malformed && e.Kind != fault.Invalid && e.Kind != fault.NotFound {
				t.Fatalf("refused as %s: %v", e.Kind, err)
			}
			return
		}
		if n := len([]rune(in.Name)); n < 1 || n > 8 || len(in.Lines) > 3 || len(in.Values) > 2 || in.Count < 0 || in.Count > 9 {
			t.Fatalf("%q is read as %+v", body, in)
		}
	})
}

// A refusal never holds what was submitted: neither values, nor texts inside lists, nor parameters.
func TestProblemsEchoNothing(t *testing.T) {
	const marker = "zqmarker"
	rapid.Check(t, func(t *rapid.T) {
		value := func(name string) any {
			return rapid.SampledFrom([]any{marker, marker + strings.Repeat("x", 300), map[string]any{"amount": marker, "currency": marker}, []any{marker}, map[string]any{"k": marker}, 12.5, true, nil}).Draw(t, name)
		}
		body := map[string]any{}
		for _, name := range []string{"name", "amount", "on", "values", "lines", "count", "kind", "enabled"} {
			if rapid.Bool().Draw(t, "has "+name) {
				body[name] = value(name)
			}
		}
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		q := url.Values{}
		for _, name := range []string{"limit", "asOf", "state", "flag"} {
			if rapid.Bool().Draw(t, "asks "+name) {
				q.Set(name, marker)
			}
		}
		var in everything
		err = decode(requestOf(string(raw), q.Encode()), &in)
		if err == nil {
			return
		}
		resp := Refuse(err, "req_1")
		for _, values := range resp.Header {
			if strings.Contains(strings.Join(values, " "), marker) {
				t.Fatalf("a header echoes: %v", resp.Header)
			}
		}
		if bytes.Contains(resp.Body, []byte(marker)) {
			t.Fatalf("%s is answered with %s", raw, resp.Body)
		}
	})
}

// An error that is no refusal is answered without its text.
func TestInternalErrorsSayNothing(t *testing.T) {
	resp := Refuse(errDeps, "req_1")
	if resp.Status != 500 || bytes.Contains(resp.Body, []byte("ports")) || !bytes.Contains(resp.Body, []byte("SYS-001")) {
		t.Errorf("%d %s", resp.Status, resp.Body)
	}
}
