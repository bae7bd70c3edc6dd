package op

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func treeOf(t testing.TB, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// drawTree makes a random JSON value.
func drawTree(t *rapid.T, depth int, nulls bool) any {
	kinds := []string{"text", "number", "bool"}
	if nulls {
		kinds = append(kinds, "null")
	}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "list")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "text":
		return rapid.String().Draw(t, "text")
	case "number":
		return float64(rapid.IntRange(-9, 9).Draw(t, "number"))
	case "bool":
		return rapid.Bool().Draw(t, "bool")
	case "object":
		out := map[string]any{}
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			out[rapid.SampledFrom([]string{"a", "b", "c", "~/", ""}).Draw(t, "name")] = drawTree(t, depth-1, nulls)
		}
		return out
	case "list":
		out := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			out = append(out, drawTree(t, depth-1, nulls))
		}
		return out
	}
	return nil
}

// A patch applied twice changes nothing more, and an empty one changes nothing at all.
func TestMergePatchIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value, patch := drawTree(t, 3, false), drawTree(t, 3, true)
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		once := mergePatch(value, patch)
		first, err := json.Marshal(once)
		if err != nil {
			t.Fatal(err)
		}
		second, err := json.Marshal(mergePatch(once, patch))
		if err != nil || string(first) != string(second) {
			t.Fatalf("%s, then %s (%v)", first, second, err)
		}
		var same any
		if err := json.Unmarshal(raw, &same); err != nil {
			t.Fatal(err)
		}
		if object, ok := same.(map[string]any); ok {
			if after, _ := json.Marshal(mergePatch(object, map[string]any{})); string(after) != string(raw) {
				t.Fatalf("an empty patch turns %s into %s", raw, after)
			}
		}
	})
}

// patched is a record's changeable fields.
type patched struct {
	Name  string   `json:"name" minLength:"1" maxLength:"5"`
	Note  string   `json:"note,omitempty" maxLength:"5"`
	Inner *inner   `json:"inner,omitempty"`
	List  []string `json:"list,omitempty" maxItems:"2"`
}

type inner struct {
	A string `json:"a,omitempty" maxLength:"5"`
	B string `json:"b,omitempty" maxLength:"5"`
}

// What a patch leaves must satisfy the type: a required field stays, unknown ones are refused, limits hold.
func TestMergeKeepsTheTypesRules(t *testing.T) {
	was := patched{Name: "name", Note: "note", Inner: &inner{A: "a", B: "b"}, List: []string{"x"}}
	for _, c := range []struct {
		patch string
		want  patched
		code  string
	}{
		{`{"note":null}`, patched{Name: "name", Inner: &inner{A: "a", B: "b"}, List: []string{"x"}}, ""},
		{`{"inner":{"a":null,"b":"c"}}`, patched{Name: "name", Note: "note", Inner: &inner{B: "c"}, List: []string{"x"}}, ""},
		{`{"list":["y","z"]}`, patched{Name: "name", Note: "note", Inner: &inner{A: "a", B: "b"}, List: []string{"y", "z"}}, ""},
		{`{"name":null}`, was, "API-004"},
		{`{"name":""}`, was, "API-006"},
		{`{"name":"too long"}`, was, "API-005"},
		{`{"list":["1","2","3"]}`, was, "API-026"},
		{`{"list":[null]}`, was, "API-003"},
		{`{"other":1}`, was, "API-002"},
	} {
		var m Merge[patched]
		m.setPatch(treeOf(t, c.patch))
		got, err := m.Apply(was)
		if c.code != "" {
			if e := Refuse(err, "r"); e.Problem == nil || len(e.Problem.Fields) != 1 || e.Problem.Fields[0].Code != c.code {
				t.Errorf("%s: refused with %v, wanted %s", c.patch, err, c.code)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v %v", c.patch, got, err)
		}
	}
}
