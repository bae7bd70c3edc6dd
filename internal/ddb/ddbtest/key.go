package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The documented limits of key values.
const (
	hashBytesMax = 2048
	sortBytesMax = 1024
)

// keyOrderRows are sort keys in the order in which a query returns them.
var keyOrderRows = []struct {
	name  string
	table tableSpec
	order []string
}{
	{"numbers", numberTable, []string{
		"-9.9999999999999999999999999999999999999e125", "-1e100", "-1.0000000000000000000000000000000000001e38",
		"-1e38", "-99999999999999999999999999999999999999",
		"-1000", "-999.5", "-100", "-99", "-10.1", "-10", "-9", "-2", "-1.5", "-1.01", "-1", "-0.99", "-0.1", "-0.01", "-1e-50", "-1e-130",
		"0", "1e-130", "1.1e-130", "1e-50", "0.001", "0.01", "0.011", "0.02", "0.1", "0.5", "0.99", "1", "1.000000000000000000000000000000000001",
		"1.01", "1.1", "1.5", "2", "9", "9.99", "10", "10.5", "11", "99", "100", "101", "1000", "123456789012345678901234567890",
		"1.2345678901234567890123456789012345678e37", "1.2345678901234567890123456789012345679e37", "1e100", "9.9999999999999999999999999999999999999e125",
	}},
	{"text by bytes", pairTable, []string{
		"\u0000", "\u0000\u0000", "\u0000\u0001", "\u0000a", "\u0001", " ", "!", "#", "#a", "-", "0", "00", "1", "10", "2", "A", "B", "Z", "_", "a", "a\u0000", "a\u0000b", "a\u0001",
		"a ", "a#", "aa", "ab", "b", "~", "\u007f", "\u0080", "é", "éz", "\u07ff", "\u0800", "€", "\uffff", "🎉",
	}},
	{"binary unsigned", binaryTable, []string{
		"\x00", "\x00\x00", "\x00\x00\x01", "\x00\x01", "\x00\xff", "\x01", "\x01\x00", "\x7f", "\x7f\xff", "\x80", "\x80\x00", "\xfe", "\xfe\xff", "\xff", "\xff\x00", "\xff\xfe", "\xff\xff", "\xff\xff\x00", "\xff\xff\xff",
	}},
}

func keyChecks(s *Suite) {
	for _, row := range keyOrderRows {
		for _, forward := range []bool{true, false} {
			s.check(fmt.Sprintf("order of %s forward %v", row.name, forward), func(c *C) { c.keyOrder(row.table, row.order, forward) })
		}
	}
	s.check("number keys are one key in any form", func(c *C) {
		table := c.table(numHashTable)
		c.put(table, item(`{"pk":{"$n":"4.20e1"},"a":1}`))
		c.put(table, item(`{"pk":42,"a":2}`))
		c.same("item", show(c.get(table, item(`{"pk":{"$n":"0042.0"}}`))), tidy(`{"a":2,"pk":42}`))
		c.remove(table, item(`{"pk":{"$n":"42.00"}}`))
		c.same("item after delete", show(c.get(table, item(`{"pk":42}`))), "none")
	})
	s.check("binary partition key", func(c *C) {
		table := c.table(binHashTable)
		c.put(table, item(`{"pk":{"$b":"ab"},"a":1}`))
		c.same("item", show(c.get(table, item(`{"pk":{"$b":"ab"}}`))), tidy(`{"a":1,"pk":{"$b":"ab"}}`))
		c.same("other case", show(c.get(table, item(`{"pk":{"$b":"aB"}}`))), "none")
	})
	s.check("partitions that share bytes stay apart", keysStayApart)
	keyShapeChecks(s)
	keySizeChecks(s)
}

func (c *C) keyOrder(spec tableSpec, order []string, forward bool) {
	table := c.table(spec)
	kind := strings.Fields(spec.sort)[1]
	for i := range order {
		at := (i*7 + 3) % len(order) // some order other than the sorted one
		c.put(table, Item{"pk": c.key(), "sk": scalar(kind, order[at]), "at": N(fmt.Sprint(at))})
	}
	answer, err := c.query(table, func(q *dynamodb.QueryInput) { q.ScanIndexForward = aws.Bool(forward) })
	c.must(err)
	var want []string
	for i := range order {
		if !forward {
			i = len(order) - 1 - i
		}
		want = append(want, fmt.Sprint(i))
	}
	c.same("order", column(answer.Items, "at"), join(want))
}

// scalar makes a key value of a type from a text.
func scalar(kind, text string) types.AttributeValue {
	switch kind {
	case "N":
		return N(text)
	case "B":
		return B(text)
	}
	return S(text)
}

// keysStayApart uses keys whose bytes run into each other if a store joins
// partition and sort key carelessly.
func keysStayApart(c *C) {
	table := c.table(pairTable)
	pairs := [][2]string{{"a", "bc"}, {"ab", "c"}, {"a\x00", "bc"}, {"a", "\x00bc"}, {"a\x00\x00", "bc"}, {"a\x00\x01", "c"}, {"a\xc3\xbf", "c"}}
	for _, pair := range pairs {
		c.put(table, Item{"pk": S(c.name + pair[0]), "sk": S(pair[1]), "v": S(fmt.Sprintf("%q", pair))})
	}
	for _, pair := range pairs {
		answer, err := c.query(table, func(q *dynamodb.QueryInput) {
			q.ExpressionAttributeValues = Item{":pk": S(c.name + pair[0])}
		})
		c.must(err)
		var want []string
		for _, other := range pairs {
			if other[0] == pair[0] {
				want = append(want, fmt.Sprintf("%q", other))
			}
		}
		sameSet(c, fmt.Sprintf("partition %q", pair[0]), column(answer.Items, "v"), join(want))
	}
}

// sameSet compares two lists of words without their order.
func sameSet(c *C, what, got, want string) {
	c.same(what, sortedWords(got), sortedWords(want))
}

// keyShapeChecks gives each operation a key of the wrong shape.
func keyShapeChecks(s *Suite) {
	rows := []struct{ name, key string }{
		{"no sort key", `{"pk":"KEY"}`},
		{"no partition key", `{"sk":"x"}`},
		{"another attribute", `{"pk":"KEY","sk":"x","a":1}`},
		{"wrong name", `{"pk":"KEY","sort":"x"}`},
		{"wrong type of sort key", `{"pk":"KEY","sk":1}`},
		{"wrong type of partition key", `{"pk":1,"sk":"x"}`},
		{"list as key", `{"pk":"KEY","sk":["x"]}`},
		{"null as key", `{"pk":"KEY","sk":null}`},
		{"empty sort key", `{"pk":"KEY","sk":""}`},
		{"empty partition key", `{"pk":"","sk":"x"}`},
	}
	for _, row := range rows {
		operations := map[string]func(c *C, table string, key Item) error{
			"get": func(c *C, table string, key Item) error {
				_, err := c.DB.GetItem(c.ctx, &dynamodb.GetItemInput{TableName: &table, Key: key})
				return err
			},
			"update": func(c *C, table string, key Item) error {
				_, err := c.DB.UpdateItem(c.ctx, &dynamodb.UpdateItemInput{
					TableName: &table, Key: key, UpdateExpression: aws.String("SET z = :v"), ExpressionAttributeValues: item(`{":v":1}`),
				})
				return err
			},
			"delete": func(c *C, table string, key Item) error {
				_, err := c.DB.DeleteItem(c.ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: key})
				return err
			},
			"put": func(c *C, table string, key Item) error {
				_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: &table, Item: key})
				return err
			},
			"batch write": func(c *C, table string, key Item) error { return c.batchWrite(table, putRequest(key)) },
			"batch get": func(c *C, table string, key Item) error {
				_, err := c.batchGet(table, key)
				return err
			},
			"transact put": func(c *C, table string, key Item) error {
				return c.transact(types.TransactWriteItem{Put: &types.Put{TableName: &table, Item: key}})
			},
		}
		for operation, run := range operations {
			puts := operation == "put" || operation == "batch write" || operation == "transact put"
			if puts && row.name == "another attribute" {
				continue // an item may have as many as it likes
			}
			s.check(operation+" "+row.name, func(c *C) {
				table := c.table(pairTable)
				err := run(c, table, item(strings.ReplaceAll(row.key, "KEY", c.name)))
				if operation == "transact put" && Reasons(err) != nil {
					c.same("reasons", join(Reasons(err)), "ValidationError")
				} else {
					c.wantError(err, validation)
				}
				left, err := c.query(table, nil)
				c.must(err)
				c.sameInt("items written", len(left.Items), 0)
			})
		}
	}
}

func keySizeChecks(s *Suite) {
	rows := []struct {
		name       string
		hash, sort int
		code       string
	}{
		{"longest partition key", hashBytesMax, 1, ""},
		{"too long partition key", hashBytesMax + 1, 1, validation},
		{"longest sort key", 10, sortBytesMax, ""},
		{"too long sort key", 10, sortBytesMax + 1, validation},
	}
	for _, row := range rows {
		s.check(row.name, func(c *C) {
			table := c.table(pairTable)
			key := Item{"pk": S(pad(c.name, row.hash)), "sk": S(pad("s", row.sort))}
			_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: key})
			c.wantError(err, row.code)
			_, err = c.DB.GetItem(c.ctx, &dynamodb.GetItemInput{TableName: aws.String(table), Key: key})
			c.wantError(err, row.code)
		})
	}
}

// pad lengthens a text with "x", or shortens it, to an exact size in bytes.
func pad(text string, bytes int) string {
	if len(text) > bytes {
		return text[:bytes]
	}
	return text + strings.Repeat("x", bytes-len(text))
}
