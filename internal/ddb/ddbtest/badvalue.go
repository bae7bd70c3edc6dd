package ddbtest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// badValueRows are attribute values in the protocol's own JSON that no store
// may take. They go over the wire as they are, since the SDK cannot write
// some of them.
var badValueRows = []struct{ name, value, code, fragment string }{
	{"no type", `{}`, validation, "Supplied AttributeValue is empty"},
	{"two types", `{"S":"a","N":"1"}`, validation, "more than one datatypes"},
	{"unknown type", `{"X":"a"}`, "", ""},
	{"false null", `{"NULL":false}`, validation, "Null attribute value types must have the value of true"},
	{"empty string set", `{"SS":[]}`, validation, "may not be empty"},
	{"empty number set", `{"NS":[]}`, validation, "may not be empty"},
	{"empty binary set", `{"BS":[]}`, validation, "should not be empty"},
	{"duplicate in string set", `{"SS":["a","b","a"]}`, validation, "contains duplicates"},
	{"duplicate in number set", `{"NS":["1","1.0"]}`, validation, "contains duplicates"},
	{"duplicate in binary set", `{"BS":["YQ==","YQ=="]}`, validation, "contains duplicates"},
	{"number of letters", `{"N":"abc"}`, validation, "cannot be converted to a numeric value"},
	{"number empty", `{"N":""}`, validation, "cannot be converted to a numeric value"},
	{"number with trailing text", `{"N":"1 "}`, validation, "cannot be converted to a numeric value"},
	{"number not a number", `{"N":"NaN"}`, validation, "cannot be converted to a numeric value"},
	{"number infinite", `{"N":"Infinity"}`, validation, "cannot be converted to a numeric value"},
	{"number in hexadecimal", `{"N":"0x10"}`, validation, "cannot be converted to a numeric value"},
	{"number with comma", `{"N":"1,000"}`, validation, "cannot be converted to a numeric value"},
	{"bad number in set", `{"NS":["1","x"]}`, validation, "cannot be converted to a numeric value"},
	{"bad number deep", `{"M":{"a":{"L":[{"N":"x"}]}}}`, validation, "cannot be converted to a numeric value"},
	{"no type deep", `{"L":[{"M":{"a":{}}}]}`, validation, "Supplied AttributeValue is empty"},
	{"number not in quotes", `{"N":1}`, serialization, ""},
	{"text not in quotes", `{"S":1}`, serialization, ""},
	{"bool in quotes", `{"BOOL":"true"}`, serialization, ""},
	{"list not a list", `{"L":{}}`, serialization, ""},
	{"map not a map", `{"M":[]}`, serialization, ""},
	{"value not an object", `"a"`, serialization, ""},
	{"binary not base64", `{"B":"***"}`, serialization, ""},
}

func badValueChecks(s *Suite) {
	for _, row := range badValueRows {
		if row.code == "" {
			row.code, row.fragment = validation, "Supplied AttributeValue is empty"
		}
		s.check(row.name, func(c *C) {
			table := c.table(plainTable)
			body := fmt.Sprintf(`{"TableName":%q,"Item":{"pk":{"S":%q},"a":%s}}`, table, c.name, row.value)
			answer := c.raw("DynamoDB_20120810.PutItem", body)
			c.wantRaw(answer, row.code, row.fragment)
			c.stored(table, "")
		})
	}
	s.check("deep nesting", func(c *C) { c.putNested(nestingMax-1, "") })
	s.check("too deep nesting", func(c *C) { c.putNested(nestingMax+1, validation) })
	s.check("too deep nesting by update", func(c *C) {
		table := c.table(plainTable)
		request := c.updateRequest(table, "SET a = :v", "", "")
		request.ExpressionAttributeValues = Item{":v": nested(nestingMax + 1)}
		_, err := c.DB.UpdateItem(c.ctx, request)
		c.wantError(err, validation)
		c.stored(table, "")
	})
	s.check("name too long", func(c *C) {
		table := c.table(plainTable)
		_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
			TableName: aws.String(table), Item: with(c.own("{}"), strings.Repeat("a", nameBytesMax+1), N("1")),
		})
		c.wantError(err, validation)
		c.stored(table, "")
	})
}

// The documented limits of attribute values and names.
const (
	nestingMax   = 32
	nameBytesMax = 65535
)

// nested is a number inside lists, levels of them in all.
func nested(levels int) types.AttributeValue {
	value := N("1")
	for range levels {
		value = &types.AttributeValueMemberL{Value: []types.AttributeValue{value}}
	}
	return value
}

func (c *C) putNested(levels int, code string) {
	table := c.table(plainTable)
	one := with(c.own("{}"), "a", nested(levels))
	_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: one})
	c.wantError(err, code)
	if code != "" {
		c.stored(table, "")
		return
	}
	c.same("stored item", show(c.get(table, Item{"pk": c.key()})), show(one))
}

// rawAnswer is an answer as it came over the wire.
type rawAnswer struct {
	status int
	body   string
}

// wantRaw fails the check unless the answer is status 400 with the error
// code in its "__type" and the fragment in its message.
func (c *C) wantRaw(answer rawAnswer, code, fragment string) {
	var body struct {
		Type    string `json:"__type"`
		Lower   string `json:"message"`
		Capital string `json:"Message"`
	}
	if err := json.Unmarshal([]byte(answer.body), &body); err != nil {
		c.Errorf("the answer is not JSON: %q", answer.body)
		return
	}
	_, got, found := strings.Cut(body.Type, "#")
	if !found {
		got = body.Type
	}
	c.same("error code", got, code)
	c.sameInt("HTTP status", answer.status, 400)
	message := either(body.Lower, body.Capital)
	if !c.target.OtherMessages && !strings.Contains(strings.ToLower(message), strings.ToLower(fragment)) {
		c.Errorf("message: got %q, want it to hold %q", message, fragment)
	}
}
