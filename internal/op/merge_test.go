package op

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/fault"
)

// The test cases of RFC 7396, appendix A.
func TestMergePatchAsTheStandardSays(t *testing.T) {
	for _, tt := range [][3]string{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		got := mergePatch(decoded(t, tt[0]), decoded(t, tt[1]))
		if !reflect.DeepEqual(got, decoded(t, tt[2])) {
			t.Errorf("%s patched by %s is %v, want %s", tt[0], tt[1], got, tt[2])
		}
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// sample is a record's changeable fields.
type sample struct {
	Name  string   `json:"name" minLength:"1" maxLength:"5"`
	Note  string   `json:"note,omitempty" maxLength:"9"`
	Marks []string `json:"marks,omitempty" maxItems:"2"`
}

func TestMergeAppliesWithinTheSchema(t *testing.T) {
	for _, tt := range []struct {
		patch string
		want  sample
		code  string
		kind  fault.Kind
	}{
		{patch: `{}`, want: sample{Name: "a", Note: "b"}},
		{patch: `{"note":null}`, want: sample{Name: "a"}},
		{patch: `{"name":"c","marks":["x"]}`, want: sample{Name: "c", Note: "b", Marks: []string{"x"}}},
		{patch: `{"name":null}`, code: RuleRequired.Code, kind: fault.Invalid},
		{patch: `{"name":"sixsix"}`, code: RuleTooLong.Code, kind: fault.Invalid},
		{patch: `{"marks":["x","y","z"]}`, code: RuleTooMany.Code, kind: fault.Invalid},
		{patch: `{"marks":[null]}`, code: RuleType.Code, kind: fault.Malformed},
	} {
		m := Merge[sample]{}
		m.setPatch(decoded(t, tt.patch))
		got, err := m.Apply(sample{Name: "a", Note: "b"})
		if tt.code != "" {
			if !fault.Is(err, tt.code) || !fault.OfKind(err, tt.kind) {
				t.Errorf("%s: %v, want %s", tt.patch, err, tt.code)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, %v", tt.patch, got, err)
		}
	}
}

// What an act notes as changed is what differs, no more and no less.
func TestDiffFindsWhatDiffers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := map[string]string{}
		after := map[string]string{}
		for _, name := range []string{"a", "b/c", "d~e", ""} {
			if rapid.Bool().Draw(t, "had "+name) {
				before[name] = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "before")
			}
			if rapid.Bool().Draw(t, "has "+name) {
				after[name] = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "after")
			}
		}
		differ := map[string]bool{}
		for name := range before {
			differ["/"+fault.Escape(name)] = before[name] != after[name]
		}
		for name := range after {
			_, had := before[name]
			differ["/"+fault.Escape(name)] = !had || before[name] != after[name]
		}
		found := map[string]bool{}
		for _, c := range Diff("rec", before, after) {
			if c.Record != "rec" || c.Old == c.New || found[c.Field] {
				t.Fatalf("change %+v", c)
			}
			found[c.Field] = true
		}
		for field, should := range differ {
			if found[field] != should {
				t.Fatalf("%q: noted %v, differs %v", field, found[field], should)
			}
		}
	})
}
