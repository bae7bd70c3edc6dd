package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// diffTable is what random operations run on: both kinds of index, streams
// with both images, and a handful of keys, so that operations meet.
func diffTable(name string) tableSpec {
	return tableSpec{name: name, hash: "pk S", sort: "sk N", stream: types.StreamViewTypeNewAndOldImages, indexes: []indexSpec{
		{name: "all", hash: "gpk S", sort: "gsk N", project: types.ProjectionTypeAll},
		{name: "some", hash: "gpk S", project: types.ProjectionTypeInclude, include: []string{"a"}},
		{name: "local", hash: "pk S", sort: "lsk S", local: true, project: types.ProjectionTypeKeysOnly},
	}}
}

// The pools that random content is drawn from. They are small, so that equal
// values and type changes are common, and hold the edges of numbers.
var (
	genHashes  = []string{"p", "q"}
	genSorts   = []string{"-1", "0", "1", "2", "10", "1e1", "2.50"}
	genNumbers = []string{"0", "1", "-1", "2", "10", "1.50", "1e1", "-0", "0.1", "99999999999999999999999999999999999999", "1e-130", "9.9e125"}
	genTexts   = []string{"", "a", "ab", "b", "A", "10"} // no others: whether size counts letters or bytes, AWS leaves open
	genScalars = []string{"a", "b", "c"}
)

// genKey draws a key of the table.
func genKey(t *rapid.T) Item {
	return Item{
		"pk": S(rapid.SampledFrom(genHashes).Draw(t, "pk")),
		"sk": N(rapid.SampledFrom(genSorts).Draw(t, "sk")),
	}
}

// genScalar draws a text, a number or one of the rarer kinds.
func genScalar(t *rapid.T, label string) types.AttributeValue {
	switch rapid.IntRange(0, 7).Draw(t, label) {
	case 0, 1, 2:
		return S(rapid.SampledFrom(genTexts).Draw(t, label+" text"))
	case 3, 4, 5:
		return genNumber(t, label)
	case 6:
		return &types.AttributeValueMemberBOOL{Value: rapid.Bool().Draw(t, label+" bool")}
	}
	return &types.AttributeValueMemberNULL{Value: true}
}

func genNumber(t *rapid.T, label string) types.AttributeValue {
	return N(rapid.SampledFrom(genNumbers).Draw(t, label+" number"))
}

// genSet draws a set of texts or of numbers, the latter in their normal form,
// since the oracle compares those of sets as text.
func genSet(t *rapid.T, label string) types.AttributeValue {
	if rapid.Bool().Draw(t, label+" of texts") {
		return &types.AttributeValueMemberSS{Value: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y", "z"}), 1, 3, rapid.ID).Draw(t, label)}
	}
	return &types.AttributeValueMemberNS{Value: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"1", "2", "-3.5"}), 1, 3, rapid.ID).Draw(t, label)}
}

func genList(t *rapid.T, label string) types.AttributeValue {
	list := []types.AttributeValue{}
	for i := range rapid.IntRange(0, 3).Draw(t, label+" length") {
		list = append(list, genScalar(t, fmt.Sprintf("%s[%d]", label, i)))
	}
	return &types.AttributeValueMemberL{Value: list}
}

func genMap(t *rapid.T, label string) types.AttributeValue {
	members := Item{}
	for _, name := range []string{"x", "y"} {
		if rapid.Bool().Draw(t, label+"."+name+" present") {
			members[name] = genScalar(t, label+"."+name)
		}
	}
	return &types.AttributeValueMemberM{Value: members}
}

// genAny draws a value of any kind.
func genAny(t *rapid.T, label string) types.AttributeValue {
	switch rapid.IntRange(0, 6).Draw(t, label+" kind") {
	case 0:
		return genSet(t, label)
	case 1:
		return genList(t, label)
	case 2:
		return genMap(t, label)
	}
	return genScalar(t, label)
}

// genItem draws an item: its key, some content, and index keys that are now
// and then of a type that no index takes.
func genItem(t *rapid.T) Item {
	one := genKey(t)
	maybe := func(name string, value func(*rapid.T, string) types.AttributeValue) {
		if rapid.Bool().Draw(t, name+" present") {
			one[name] = value(t, name)
		}
	}
	for _, name := range genScalars {
		maybe(name, genScalar)
	}
	maybe("s", genSet)
	maybe("l", genList)
	maybe("m", genMap)
	maybe("gpk", genIndexKey(S("g"), S("h"), N("1")))
	maybe("gsk", genIndexKey(N("1"), N("2"), N("1e1"), S("x")))
	maybe("lsk", genIndexKey(S("a"), S("b"), S("c")))
	return one
}

// genIndexKey draws from good values, and rarely takes the last one given.
func genIndexKey(values ...types.AttributeValue) func(*rapid.T, string) types.AttributeValue {
	return func(t *rapid.T, label string) types.AttributeValue {
		at := rapid.IntRange(0, 4*len(values)).Draw(t, label)
		if at == 4*len(values) {
			return values[len(values)-1]
		}
		return values[at%(len(values)-1)]
	}
}

// genExpression gathers an expression with its substitutes, so that each
// value gets a name of its own.
type genExpression struct {
	t      *rapid.T
	values Item
	guards []string
}

// value notes a value and returns its placeholder.
func (e *genExpression) value(value types.AttributeValue) string {
	if e.values == nil {
		e.values = Item{}
	}
	name := fmt.Sprintf(":v%d", len(e.values))
	e.values[name] = value
	return name
}

// path draws a path to look at.
func (e *genExpression) path(label string) string {
	return rapid.SampledFrom([]string{"a", "b", "c", "s", "l", "m", "m.x", "m.y", "l[0]", "l[1]", "a.x", "gone", "gone.x"}).Draw(e.t, label)
}

// condition draws a condition of at most depth levels. What the oracle is
// known to take wrongly is not drawn: operators on types that they do not
// take, bounds in the wrong order, and one attribute compared with itself.
func (e *genExpression) condition(depth int) string {
	kind := rapid.IntRange(0, 9).Draw(e.t, "condition")
	if depth > 0 && kind < 3 {
		left := e.condition(depth - 1)
		switch kind {
		case 0:
			return "NOT (" + strip(left) + ")"
		case 1:
			return "(" + strip(left) + ") AND (" + strip(e.condition(depth-1)) + ")"
		}
		return "(" + strip(left) + ") OR (" + strip(e.condition(depth-1)) + ")"
	}
	path := e.path("condition path")
	switch kind {
	case 3:
		return "attribute_exists(" + path + ")"
	case 4:
		return "attribute_not_exists(" + path + ")"
	case 5:
		kinds := []string{"S", "N", "BOOL", "NULL", "SS", "NS", "L", "M"}
		return "attribute_type(" + path + ", " + e.value(S(rapid.SampledFrom(kinds).Draw(e.t, "type"))) + ")"
	case 6:
		return "begins_with(" + path + ", " + e.value(S(rapid.SampledFrom(genTexts).Draw(e.t, "prefix"))) + ")"
	case 7:
		return "contains(" + path + ", " + e.value(genScalar(e.t, "part")) + ")"
	case 8:
		return "size(" + path + ") " + e.comparator() + " " + e.value(N(fmt.Sprint(rapid.IntRange(0, 3).Draw(e.t, "size"))))
	}
	return e.comparison(path)
}

func (e *genExpression) comparator() string {
	return rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">="}).Draw(e.t, "comparator")
}

// comparison draws a comparison of a path with values.
func (e *genExpression) comparison(path string) string {
	switch rapid.IntRange(0, 4).Draw(e.t, "comparison") {
	case 0:
		return path + " = " + e.value(genAny(e.t, "equal"))
	case 1:
		return path + " <> " + e.value(genAny(e.t, "unequal"))
	case 2:
		low := rapid.IntRange(-2, 3).Draw(e.t, "low")
		high := low + rapid.IntRange(0, 10).Draw(e.t, "width")
		return path + " BETWEEN " + e.value(N(fmt.Sprint(low))) + " AND " + e.value(N(fmt.Sprint(high)))
	case 3:
		return path + " IN (" + e.value(genScalar(e.t, "first")) + ", " + e.value(genScalar(e.t, "second")) + ")"
	}
	if rapid.Bool().Draw(e.t, "texts") {
		return path + " " + e.comparator() + " " + e.value(S(rapid.SampledFrom(genTexts).Draw(e.t, "text")))
	}
	return path + " " + e.comparator() + " " + e.value(genNumber(e.t, "number"))
}

// strip takes off one pair of parentheses around a whole expression, since
// redundant ones are an error.
func strip(expr string) string {
	if !strings.HasPrefix(expr, "(") {
		return expr
	}
	open := 0
	for i, letter := range expr {
		switch letter {
		case '(':
			open++
		case ')':
			open--
		}
		if open == 0 && i < len(expr)-1 {
			return expr
		}
	}
	return expr[1 : len(expr)-1]
}
