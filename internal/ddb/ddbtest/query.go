package ddbtest

import (
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// keyRow is a key condition over sort keys "a" to "e" and "ba", "bb".
type keyRow struct {
	name, expr, values, names string
	want, code, fragment      string
}

var keyRows = []keyRow{
	{name: "partition", expr: "pk = :p", want: "a b ba bb c d e"},
	{name: "partition on the right", expr: ":p = pk", want: "a b ba bb c d e"},
	{name: "equal", expr: "pk = :p AND sk = :s", values: `{":s":"b"}`, want: "b"},
	{name: "sort key first", expr: "sk = :s AND pk = :p", values: `{":s":"b"}`, want: "b"},
	{name: "less", expr: "pk = :p AND sk < :s", values: `{":s":"bb"}`, want: "a b ba"},
	{name: "less equal", expr: "pk = :p AND sk <= :s", values: `{":s":"bb"}`, want: "a b ba bb"},
	{name: "greater", expr: "pk = :p AND sk > :s", values: `{":s":"bb"}`, want: "c d e"},
	{name: "greater equal", expr: "pk = :p AND sk >= :s", values: `{":s":"bb"}`, want: "bb c d e"},
	{name: "value on the left", expr: "pk = :p AND :s < sk", values: `{":s":"bb"}`, want: "c d e"},
	{name: "between", expr: "pk = :p AND sk BETWEEN :s AND :t", values: `{":s":"b",":t":"c"}`, want: "b ba bb c"},
	{name: "between nothing", expr: "pk = :p AND sk BETWEEN :s AND :t", values: `{":s":"bx",":t":"by"}`, want: ""},
	{name: "begins with", expr: "pk = :p AND begins_with(sk, :s)", values: `{":s":"b"}`, want: "b ba bb"},
	{name: "parentheses", expr: "(pk = :p) AND (sk = :s)", values: `{":s":"b"}`, want: "b"},
	{name: "names", expr: "#p = :p AND #s = :s", values: `{":s":"b"}`, names: "#p=pk,#s=sk", want: "b"},
	{name: "lower case and", expr: "pk = :p and sk between :s and :t", values: `{":s":"b",":t":"ba"}`, want: "b ba"},
	{name: "absent sort key", expr: "pk = :p AND sk = :s", values: `{":s":"zz"}`, want: ""},
	{name: "no partition key", expr: "sk = :s", values: `{":s":"b"}`, code: validation, fragment: "missed key schema element"},
	{name: "partition not equal", expr: "pk > :p", code: validation},
	{name: "partition begins with", expr: "begins_with(pk, :p)", code: validation},
	{name: "other attribute", expr: "pk = :p AND a = :s", values: `{":s":"b"}`, code: validation},
	{name: "three conditions", expr: "pk = :p AND sk > :s AND sk < :t", values: `{":s":"a",":t":"c"}`, code: validation},
	{name: "partition twice", expr: "pk = :p AND pk = :p", code: validation, fragment: "only contain one condition per key"},
	{name: "or", expr: "pk = :p OR sk = :s", values: `{":s":"b"}`, code: validation, fragment: "OR"},
	{name: "not", expr: "NOT pk = :p", code: validation, fragment: "NOT"},
	{name: "unequal", expr: "pk = :p AND sk <> :s", values: `{":s":"b"}`, code: validation},
	{name: "in", expr: "pk = :p AND sk IN (:s)", values: `{":s":"b"}`, code: validation},
	{name: "contains", expr: "pk = :p AND contains(sk, :s)", values: `{":s":"b"}`, code: validation},
	{name: "exists", expr: "pk = :p AND attribute_exists(sk)", code: validation},
	{name: "two attributes", expr: "pk = sk", code: validation},
	{name: "nested attribute", expr: "pk = :p AND sk.a = :s", values: `{":s":"b"}`, code: validation},
	{name: "type of partition", expr: "pk = :s", values: `{":s":1}`, code: validation},
	{name: "type of sort", expr: "pk = :p AND sk = :s", values: `{":s":1}`, code: validation},
	{name: "begins with number", expr: "pk = :p AND begins_with(sk, :s)", values: `{":s":1}`, code: validation},
	{name: "between reversed", expr: "pk = :p AND sk BETWEEN :s AND :t", values: `{":s":"c",":t":"b"}`, code: validation},
	{name: "empty partition", expr: "pk = :s", values: `{":s":""}`, code: validation},
	{name: "syntax", expr: "pk = ", code: validation, fragment: "Syntax error"},
	{name: "empty", expr: "", code: validation},
	{name: "value not used", expr: "pk = :p", values: `{":s":"b"}`, code: validation, fragment: "unused in expressions"},
	{name: "name not used", expr: "pk = :p", names: "#s=sk", code: validation, fragment: "unused in expressions"},
	{name: "value not defined", expr: "pk = :p AND sk = :s", code: validation, fragment: "is not defined"},
}

func queryChecks(s *Suite) {
	for _, row := range keyRows {
		s.check("condition "+row.name, func(c *C) {
			table := c.lettersTable()
			values := item(row.values)
			if strings.Contains(row.expr, ":p") || row.expr == "" {
				values = with(values, ":p", c.key())
			}
			answer, err := c.DB.Query(c.ctx, &dynamodb.QueryInput{
				TableName: aws.String(table), KeyConditionExpression: aws.String(row.expr),
				ExpressionAttributeNames: names(row.names), ExpressionAttributeValues: values,
			})
			c.wantError(err, row.code, row.fragment)
			if err == nil {
				c.same("sort keys", column(answer.Items, "sk"), row.want)
				c.sameInt("count", int(answer.Count), len(answer.Items))
			}
		})
	}
	s.check("number ranges", func(c *C) {
		table := c.table(numberTable)
		c.putAll(table, `{"sk":-10}`, `{"sk":-9.5}`, `{"sk":0}`, `{"sk":2}`, `{"sk":10}`, `{"sk":100}`)
		answer, err := c.query(table, func(q *dynamodb.QueryInput) {
			q.KeyConditionExpression = aws.String("pk = :pk AND sk BETWEEN :a AND :b")
			q.ExpressionAttributeValues = merge(q.ExpressionAttributeValues, item(`{":a":-9.5,":b":{"$n":"10.0"}}`))
		})
		c.must(err)
		c.same("sort keys", column(answer.Items, "sk"), "-9.5 0 2 10")
	})
	s.check("begins with on number key", func(c *C) {
		table := c.table(numberTable)
		_, err := c.query(table, func(q *dynamodb.QueryInput) {
			q.KeyConditionExpression = aws.String("pk = :pk AND begins_with(sk, :a)")
			q.ExpressionAttributeValues = merge(q.ExpressionAttributeValues, item(`{":a":1}`))
		})
		c.wantError(err, validation)
	})
	s.check("begins with at the end of the byte range", func(c *C) {
		table := c.table(binaryTable)
		for _, key := range []string{"\xfe\xff", "\xff", "\xff\xff", "\xff\xff\x01", "\xff\x01"} {
			c.put(table, Item{"pk": c.key(), "sk": B(key)})
		}
		answer, err := c.query(table, func(q *dynamodb.QueryInput) {
			q.KeyConditionExpression = aws.String("pk = :pk AND begins_with(sk, :a)")
			q.ExpressionAttributeValues = with(q.ExpressionAttributeValues, ":a", B("\xff"))
		})
		c.must(err)
		c.sameInt("items", len(answer.Items), 4)
	})
	queryOptionChecks(s)
}

// lettersTable fills the check's partition with the letters of keyRows.
func (c *C) lettersTable() string {
	table := c.table(pairTable)
	for _, letter := range []string{"d", "bb", "a", "ba", "e", "c", "b"} {
		c.put(table, Item{"pk": c.key(), "sk": S(letter), "a": S("x" + letter)})
	}
	return table
}

func queryOptionChecks(s *Suite) {
	rows := []struct {
		name, want, code string
		change           func(q *dynamodb.QueryInput)
	}{
		{"backwards", "e d c bb ba b a", "", func(q *dynamodb.QueryInput) { q.ScanIndexForward = aws.Bool(false) }},
		{"consistent", "a b ba bb c d e", "", func(q *dynamodb.QueryInput) { q.ConsistentRead = aws.Bool(true) }},
		{"limit zero", "", validation, func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(0) }},
		{"limit negative", "", validation, func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(-1) }},
		{"no index", "", validation, func(q *dynamodb.QueryInput) { q.IndexName = aws.String("no-such-index") }},
		{"filter on sort key", "", validation, func(q *dynamodb.QueryInput) { q.FilterExpression = aws.String("attribute_exists(sk)") }},
		{"filter on partition key", "", validation, func(q *dynamodb.QueryInput) { q.FilterExpression = aws.String("pk = :pk") }},
		{"specific attributes without a list", "", validation, func(q *dynamodb.QueryInput) { q.Select = types.SelectSpecificAttributes }},
		{"count with a projection", "", validation, func(q *dynamodb.QueryInput) {
			q.Select, q.ProjectionExpression = types.SelectCount, aws.String("a")
		}},
		{"projected attributes without index", "", validation, func(q *dynamodb.QueryInput) { q.Select = types.SelectAllProjectedAttributes }},
		{"unknown select", "", validation, func(q *dynamodb.QueryInput) { q.Select = "SOME" }},
		{"no key condition", "", validation, func(q *dynamodb.QueryInput) {
			q.KeyConditionExpression, q.ExpressionAttributeValues = nil, nil
		}},
	}
	for _, row := range rows {
		s.check(row.name, func(c *C) {
			answer, err := c.query(c.lettersTable(), row.change)
			c.wantError(err, row.code)
			if err == nil {
				c.same("sort keys", column(answer.Items, "sk"), row.want)
			}
		})
	}
	s.check("count", func(c *C) {
		answer, err := c.query(c.lettersTable(), func(q *dynamodb.QueryInput) { q.Select = types.SelectCount })
		c.must(err)
		c.sameInt("count", int(answer.Count), 7)
		c.sameInt("items", len(answer.Items), 0)
	})
	s.check("filter counts what it scanned", func(c *C) {
		answer, err := c.query(c.lettersTable(), func(q *dynamodb.QueryInput) {
			q.FilterExpression = aws.String("begins_with(a, :a)")
			q.ExpressionAttributeValues = with(q.ExpressionAttributeValues, ":a", S("xb"))
		})
		c.must(err)
		c.same("sort keys", column(answer.Items, "sk"), "b ba bb")
		c.sameInt("count", int(answer.Count), 3)
		c.sameInt("scanned", int(answer.ScannedCount), 7)
	})
	s.check("empty partition", func(c *C) {
		answer, err := c.query(c.table(pairTable), nil)
		c.must(err)
		c.sameInt("count", int(answer.Count), 0)
		c.same("last key", show(answer.LastEvaluatedKey), "none")
	})
}

func sortedWords(text string) string {
	words := strings.Fields(text)
	sort.Strings(words)
	return join(words)
}
