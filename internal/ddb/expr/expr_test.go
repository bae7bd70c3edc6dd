package expr

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/wire"
)

// parsed reads an item of its JSON.
func parsed(t testing.TB, text string) attr.Item {
	t.Helper()
	r := wire.NewReader(text)
	it := attr.ReadItem(r)
	if err := r.Done(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return it
}

// values binds :s, :n and so on, a value of each type.
func values(t testing.TB) *Scope {
	s := &Scope{}
	for _, f := range parsed(t, `{":s":{"S":"ab"},":n":{"N":"5"},":m":{"N":"9"},":b":{"B":"AQ=="},":t":{"BOOL":true},":z":{"NULL":true},
		":ss":{"SS":["a","b"]},":ns":{"NS":["1","2"]},":l":{"L":[{"N":"5"}]},":map":{"M":{}},":S":{"S":"S"},":x":{"S":"x"}}`) {
		s.BindValue(f.Name, f.Value)
	}
	s.BindName("#a", "a")
	s.BindName("#name", "name")
	return s
}

const sampleItem = `{"a":{"S":"abc"},"n":{"N":"5"},"l":{"L":[{"N":"5"},{"S":"x"}]},"m":{"M":{"k":{"S":"v"},"l":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]}}},
	"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"t":{"BOOL":true},"z":{"NULL":true},"bin":{"B":"AQID"},"name":{"S":"N"}}`

func TestConditions(t *testing.T) {
	it := parsed(t, sampleItem)
	for text, want := range map[string]bool{
		"a = :s": false, "a <> :s": true, "a > :s": true, "n = :n": true, "n <= :n": true, "n < :n": false, "n >= :m": false,
		"gone = :s": false, "gone <> :s": true, "gone < :s": false, "NOT gone < :s": true, "n < :s": false, "n > :s": false,
		"n BETWEEN :n AND :m": true, "n between :m and :m": false, "n IN (:m, :n)": true, "n in (:s)": false,
		"attribute_exists(a)": true, "attribute_exists(m.k)": true, "attribute_exists(m.gone)": false, "attribute_exists(l[1])": true,
		"attribute_exists(l[2])": false, "attribute_not_exists(gone)": true, "attribute_not_exists(#a)": false,
		"attribute_type(a, :S)": true, "attribute_type(n, :S)": false, "begins_with(a, :s)": true, "begins_with(n, :s)": false,
		"contains(a, :s)": true, "contains(ss, :x)": false, "contains(l, :x)": true, "contains(ns, :n)": false, "contains(l, :n)": true,
		"size(a) < :n": true, "size(l) < :n": true, "size(n) < :n": false, "size(m) < :n": true, "size(bin) < :n": true, ":n > size(ss)": true,
		"a = :s OR n = :n": true, "a = :s AND n = :n OR t = :t": true, "a = :s AND (n = :n OR t = :t)": false,
		"NOT a = :s AND n = :n": true, "NOT (a = :s OR n = :n)": false, "NOT NOT n = :n": true, "z = :z AND t = :t": true,
		"m.l[1] < :n": true, "ss = :ss": true, ":n = n": true, "#name = :x": false,
	} {
		c, err := ParseCondition("ConditionExpression", text, values(t))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.Holds(it); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestRefusedConditions(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "The expression can not be empty",
		"a":                        "Syntax error; token: \"<EOF>\"",
		"a = ":                     "Syntax error; token: \"<EOF>\", near: \"=\"",
		"a = :s b":                 "Syntax error; token: \"b\", near: \":s b\"",
		"a == :s":                  "Syntax error; token: \"=\"",
		"a ! :s":                   "Syntax error; token: \"!\"",
		"(a = :s":                  "Syntax error; token: \"<EOF>\"",
		"name = :s":                "Attribute name is a reserved keyword; reserved keyword: name",
		"a = :none":                "attribute value: :none",
		"#none = :s":               "attribute name: #none",
		"((a = :s))":               "The expression has redundant parentheses",
		"a = a":                    "The first operand must be distinct",
		"a < :t":                   "operator or function: <, operand type: BOOL",
		"a BETWEEN :m AND :n":      "upper bound to be greater than or equal to lower bound",
		"a BETWEEN :s AND :n":      "requires same data type",
		"begins_with(a, :n)":       "operator or function: begins_with, operand type: N",
		"begins_with(a)":           "number of operands: 1",
		"attribute_exists(a, a)":   "number of operands: 2",
		"attribute_exists(:s)":     "requires a document path",
		"attribute_type(a, :x)":    "Invalid attribute type name found; type: x",
		"attribute_type(a, :n)":    "operand type: N",
		"foo(a)":                   "Invalid function name; function: foo",
		"size(a)":                  "not allowed to be used this way",
		"size(:n) = :n":            "operator or function: size, operand type: N",
		"a = if_not_exists(a, :s)": "not allowed to be used this way",
		"a[x] = :s":                "Syntax error",
		"a[99999999] = :s":         "not within the allowable range",
		strings.Repeat("(", 200):   "nested levels",
		strings.Repeat("a", 5000):  "maximum allowed size",
		"a.b." + strings.Repeat("c.", 40) + "d = :s": "too many nesting elements",
	} {
		_, err := ParseCondition("ConditionExpression", text, values(t))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "Invalid ConditionExpression: ") {
			t.Errorf("%.40s: %v, want %s", text, err, want)
		}
	}
}

func TestUpdates(t *testing.T) {
	for text, want := range map[string]string{
		"SET n = n + :n":                    `"n":{"N":"10"}`,
		"SET n = :n - n":                    `"n":{"N":"0"}`,
		"SET x = if_not_exists(x, :n) + :m": `"x":{"N":"14"}`,
		"SET l = list_append(l, :l)":        `"l":{"L":[{"N":"5"},{"S":"x"},{"N":"5"}]}`,
		"SET l[9] = :s":                     `"l":{"L":[{"N":"5"},{"S":"x"},{"S":"ab"}]}`,
		"SET l[9] = :s, l[5] = :n":          `"l":{"L":[{"N":"5"},{"S":"x"},{"N":"5"},{"S":"ab"}]}`,
		"SET l[9] = :s REMOVE l[0]":         `"l":{"L":[{"S":"x"},{"S":"ab"}]}`,
		"REMOVE m.l[0], m.l[2]":             `"l":{"L":[{"N":"2"}]}`,
		"REMOVE l[9]":                       `"l":{"L":[{"N":"5"},{"S":"x"}]}`,
		"SET m.k = :n, m.x = :s":            `"m":{"M":{"k":{"N":"5"},"l":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]},"x":{"S":"ab"}}}`,
		"ADD n :n":                          `"n":{"N":"10"}`,
		"ADD x :n":                          `"x":{"N":"5"}`,
		"ADD ns :ns":                        `"ns":{"NS":["1","2"]}`,
		"ADD x :ss":                         `"x":{"SS":["a","b"]}`,
		"SET a = n, n = a":                  `"n":{"S":"abc"}`,
		"set #name = :s remove a add n :n":  `"name":{"S":"ab"}`,
	} {
		u, err := ParseUpdate(text, values(t))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		before := parsed(t, sampleItem)
		after, err := u.Apply(before)
		if err != nil || !strings.Contains(string(after.AppendJSON(nil)), want) {
			t.Errorf("%s: %s %v", text, after.AppendJSON(nil), err)
		}
		if !before.Equal(parsed(t, sampleItem)) {
			t.Errorf("%s changed the item it was given", text)
		}
	}
	u, err := ParseUpdate("DELETE ss :ss", values(t))
	if err != nil {
		t.Fatal(err)
	}
	if after, err := u.Apply(parsed(t, sampleItem)); err != nil || !after.Get("ss").IsZero() {
		t.Errorf("an emptied set stays: %v", err)
	}
}

func TestRefusedUpdates(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "can not be empty",
		"FOO a":                        "Syntax error; token: \"FOO\"",
		"SET a = :s SET n = :n":        "The \"SET\" section can only be used once",
		"SET a = :s, a = :n":           "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
		"SET m.k = :s REMOVE m":        "path one: [m, k], path two: [m]",
		"SET m.k = :s, m[0] = :s":      "Two document paths conflict",
		"SET l[0] = :s, l[0].x = :s":   "path one: [l, [0]], path two: [l, [0], x]",
		"ADD a :s":                     "operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND",
		"DELETE a :n":                  "operator: DELETE, operand type: NUMBER",
		"SET n = n + :s":               "operator or function: +, operand type: S",
		"SET l = list_append(l, :s)":   "operator or function: list_append, operand type: S",
		"SET n = if_not_exists(:n, n)": "requires a document path",
		"SET n = size(l)":              "not allowed to be used this way",
		"SET n = n + n + n":            "Syntax error",
		"SET n":                        "Syntax error",
		"REMOVE":                       "Syntax error",
	} {
		_, err := ParseUpdate(text, values(t))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "Invalid UpdateExpression: ") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]error{
		"SET x = gone":              errMissingOperand,
		"SET x = a + :n":            errOperandType,
		"SET l = list_append(l, a)": errOperandType,
		"SET gone.x = :s":           errInvalidPath,
		"SET a.x = :s":              errInvalidPath,
		"SET m[0] = :s":             errInvalidPath,
		"REMOVE gone.x":             errInvalidPath,
		"ADD a :n":                  errOperandType,
		"ADD ns :ss":                errOperandType,
		"DELETE ns :ss":             errOperandType,
	} {
		u, err := ParseUpdate(text, values(t))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if _, err := u.Apply(parsed(t, sampleItem)); err != want { //nolint:errorlint // these very values
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

func TestProjections(t *testing.T) {
	for text, want := range map[string]string{
		"a, n":             `{"a":{"S":"abc"},"n":{"N":"5"}}`,
		"m.l[2], m.l[0]":   `{"m":{"M":{"l":{"L":[{"N":"1"},{"N":"3"}]}}}}`,
		"gone, m.gone":     `{}`,
		"#name, l[1], m.k": `{"l":{"L":[{"S":"x"}]},"m":{"M":{"k":{"S":"v"}}},"name":{"S":"N"}}`,
	} {
		p, err := ParseProjection(text, values(t))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(p.Apply(parsed(t, sampleItem)).AppendJSON(nil)); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestUnusedNamesAndValues(t *testing.T) {
	s := &Scope{}
	s.BindName("#a", "a")
	s.BindName("#b", "b")
	s.BindValue(":v", attr.Text("v"))
	if _, err := ParseCondition("ConditionExpression", "#a = :v", s); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "ExpressionAttributeNames unused in expressions: keys: {#b}") {
		t.Fatal(err)
	}
}

// A list that is set, appended to and cut in one update is what a plain model
// makes of it, and never has holes.
func TestListUpdatesMatchAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 6).Draw(t, "length")
		var list []attr.Value
		for i := range n {
			list = append(list, attr.Text(fmt.Sprint("old", i)))
		}
		set := rapid.SliceOfNDistinct(rapid.IntRange(0, 9), 0, 4, rapid.ID).Draw(t, "set")
		gone := rapid.SliceOfNDistinct(rapid.IntRange(0, 9), 0, 4, rapid.ID).Draw(t, "gone")
		gone = slices.DeleteFunc(gone, func(i int) bool { return slices.Contains(set, i) })
		if len(set)+len(gone) == 0 {
			t.Skip("nothing to do")
		}
		var sets, removes []string
		for _, i := range set {
			sets = append(sets, fmt.Sprintf("l[%d] = :x", i))
		}
		for _, i := range gone {
			removes = append(removes, fmt.Sprintf("l[%d]", i))
		}
		text := ""
		if sets != nil {
			text += "SET " + strings.Join(sets, ", ")
		}
		if removes != nil {
			text += " REMOVE " + strings.Join(removes, ", ")
		}
		s := &Scope{}
		s.BindValue(":x", attr.Text("new"))
		u, err := ParseUpdate(text, s)
		if err != nil {
			t.Fatal(err)
		}
		after, err := u.Apply(attr.NewItem(attr.Field{Name: "l", Value: attr.Value{Type: attr.L, List: list}}))
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for i := range 10 {
			switch {
			case slices.Contains(set, i):
				want = append(want, "new")
			case i < n && !slices.Contains(gone, i):
				want = append(want, fmt.Sprint("old", i))
			}
		}
		var got []string
		for _, v := range after.Get("l").List {
			got = append(got, v.Str)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s on %d elements: %v, want %v", text, n, got, want)
		}
	})
}

// No text makes the parsers or what they parsed fail in another way than by an
// error.
func FuzzExpressions(f *testing.F) {
	for _, s := range []string{"a = :s AND NOT (n < :n)", "SET a = if_not_exists(b, :n) + :n REMOVE l[0]", "a, b.c[1]", "ADD ns :ns DELETE ss :ss",
		"size(a) BETWEEN :n AND :m", "SET l[9] = :s, m.x.y = :n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		it := parsed(t, sampleItem)
		if c, err := ParseCondition("ConditionExpression", text, values(t)); err == nil {
			c.Holds(it)
			c.Holds(nil)
			c.Names()
		}
		if u, err := ParseUpdate(text, values(t)); err == nil {
			if after, err := u.Apply(it); err == nil {
				u.Touched(after)
			}
			_, _ = u.Apply(nil) // an error is as good
		}
		if p, err := ParseProjection(text, values(t)); err == nil {
			p.Apply(it)
		}
		_, _ = ParseKeyCondition(text, values(t)) // an error is as good
	})
}
