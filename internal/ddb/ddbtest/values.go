package ddbtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is an item, a key or a set of expression values in the SDK's types.
type Item = map[string]types.AttributeValue

// The checks write items as plain JSON: a string is S, a number N (its text
// kept as written), true and false BOOL, null NULL, an array L, an object M.
// What JSON lacks is an object with one of these keys.
const (
	markNumber   = "$n"  // a number given as text, well-formed or not
	markBinary   = "$b"  // bytes given as text
	markStrings  = "$ss" // a set of strings
	markNumbers  = "$ns" // a set of numbers
	markBinaries = "$bs" // a set of bytes given as text
)

// item reads the notation above. It panics on text that is not JSON, since
// only a mistake in a check can cause that.
func item(text string) Item {
	if text == "" {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var raw map[string]any
	if err := decoder.Decode(&raw); err != nil {
		panic(fmt.Sprintf("item %s: %v", text, err))
	}
	return toMap(raw)
}

func toMap(raw map[string]any) Item {
	out := make(Item, len(raw))
	for name, value := range raw {
		out[name] = toValue(value)
	}
	return out
}

func toValue(raw any) types.AttributeValue {
	switch value := raw.(type) {
	case string:
		return S(value)
	case json.Number:
		return N(value.String())
	case bool:
		return &types.AttributeValueMemberBOOL{Value: value}
	case nil:
		return &types.AttributeValueMemberNULL{Value: true}
	case []any:
		list := make([]types.AttributeValue, 0, len(value))
		for _, element := range value {
			list = append(list, toValue(element))
		}
		return &types.AttributeValueMemberL{Value: list}
	case map[string]any:
		if special := toSpecial(value); special != nil {
			return special
		}
		return &types.AttributeValueMemberM{Value: toMap(value)}
	}
	panic(fmt.Sprintf("no attribute value is written as %T", raw))
}

// toSpecial reads an object with one of the marks; nil means a plain map.
func toSpecial(raw map[string]any) types.AttributeValue {
	if len(raw) != 1 {
		return nil
	}
	for mark, value := range raw {
		switch mark {
		case markNumber:
			return N(value.(string))
		case markBinary:
			return B(value.(string))
		case markStrings:
			return &types.AttributeValueMemberSS{Value: texts(value)}
		case markNumbers:
			return &types.AttributeValueMemberNS{Value: texts(value)}
		case markBinaries:
			set := [][]byte{}
			for _, text := range texts(value) {
				set = append(set, []byte(text))
			}
			return &types.AttributeValueMemberBS{Value: set}
		}
	}
	return nil
}

func texts(raw any) []string {
	out := []string{}
	for _, element := range raw.([]any) {
		out = append(out, fmt.Sprint(element))
	}
	return out
}

// S is a string value.
func S(text string) types.AttributeValue { return &types.AttributeValueMemberS{Value: text} }

// N is a number value, its text sent as it is.
func N(text string) types.AttributeValue { return &types.AttributeValueMemberN{Value: text} }

// B is a binary value with the bytes of the text.
func B(text string) types.AttributeValue {
	return &types.AttributeValueMemberB{Value: []byte(text)}
}

// show writes an item in the notation of this package, names and set members
// sorted, so that equal items give equal texts.
func show(one Item) string {
	if one == nil {
		return "none"
	}
	var out bytes.Buffer
	writeMap(&out, one)
	return out.String()
}

// showAll writes several items, one a line, in their order.
func showAll(all []Item) string {
	lines := make([]string, 0, len(all))
	for _, one := range all {
		lines = append(lines, show(one))
	}
	return strings.Join(lines, "\n")
}

// tidy rewrites a text of the notation the way show would.
func tidy(text string) string { return show(item(text)) }

func writeMap(out *bytes.Buffer, one Item) {
	names := make([]string, 0, len(one))
	for name := range one {
		names = append(names, name)
	}
	sort.Strings(names)
	out.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(quote(name) + ":")
		writeValue(out, one[name])
	}
	out.WriteByte('}')
}

func writeValue(out *bytes.Buffer, value types.AttributeValue) {
	switch value := value.(type) {
	case *types.AttributeValueMemberS:
		out.WriteString(quote(value.Value))
	case *types.AttributeValueMemberN:
		out.WriteString(value.Value)
	case *types.AttributeValueMemberB:
		fmt.Fprintf(out, `{"$b":%s}`, quote(string(value.Value)))
	case *types.AttributeValueMemberBOOL:
		fmt.Fprint(out, value.Value)
	case *types.AttributeValueMemberNULL:
		out.WriteString("null")
	case *types.AttributeValueMemberL:
		out.WriteByte('[')
		for i, element := range value.Value {
			if i > 0 {
				out.WriteByte(',')
			}
			writeValue(out, element)
		}
		out.WriteByte(']')
	case *types.AttributeValueMemberM:
		writeMap(out, value.Value)
	case *types.AttributeValueMemberSS:
		writeSet(out, markStrings, quoteAll(value.Value))
	case *types.AttributeValueMemberNS:
		writeSet(out, markNumbers, value.Value)
	case *types.AttributeValueMemberBS:
		members := []string{}
		for _, member := range value.Value {
			members = append(members, quote(string(member)))
		}
		writeSet(out, markBinaries, members)
	default:
		fmt.Fprintf(out, "?%T", value)
	}
}

func writeSet(out *bytes.Buffer, mark string, members []string) {
	sorted := append([]string{}, members...)
	sort.Strings(sorted)
	fmt.Fprintf(out, `{%q:[%s]}`, mark, strings.Join(sorted, ","))
}

func quote(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

func quoteAll(texts []string) []string {
	out := []string{}
	for _, text := range texts {
		out = append(out, quote(text))
	}
	return out
}

// with returns a copy of the item with one more attribute.
func with(one Item, name string, value types.AttributeValue) Item {
	out := make(Item, len(one)+1)
	for key, old := range one {
		out[key] = old
	}
	out[name] = value
	return out
}

// merge returns a new item with the attributes of both.
func merge(a, b Item) Item {
	out := make(Item, len(a)+len(b))
	for key, value := range a {
		out[key] = value
	}
	for key, value := range b {
		out[key] = value
	}
	return out
}
