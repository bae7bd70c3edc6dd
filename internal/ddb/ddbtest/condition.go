package ddbtest

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// conditionRow is one condition over one item. The outcome is holds, fails,
// or the code of the error that the expression itself deserves.
type conditionRow struct {
	name    string
	item    string
	expr    string
	values  string
	outcome string
	names   string
}

const (
	holds = "holds"
	fails = "fails"
)

// conditionItem is the item most rows look at.
const conditionItem = `{"s":"hello","n":5,"f":2.5,"lit":true,"off":false,"z":null,"b":{"$b":"bytes"},
	"ss":{"$ss":["a","b"]},"ns":{"$ns":[1,2,3]},"bs":{"$bs":["x","y"]},
	"l":["one",2,["deep"]],"m":{"k":"v","n":7,"l":[10,20]},"blank":""}`

var comparisonRows = []conditionRow{
	{name: "equal text", expr: "s = :v", values: `{":v":"hello"}`, outcome: holds},
	{name: "equal other text", expr: "s = :v", values: `{":v":"Hello"}`, outcome: fails},
	{name: "equal number in another form", expr: "n = :v", values: `{":v":{"$n":"5.0e0"}}`, outcome: holds},
	{name: "equal of another type", expr: "n = :v", values: `{":v":"5"}`, outcome: fails},
	{name: "equal absent", expr: "gone = :v", values: `{":v":"x"}`, outcome: fails},
	{name: "unequal absent", expr: "gone <> :v", values: `{":v":"x"}`, outcome: holds},
	{name: "unequal of another type", expr: "n <> :v", values: `{":v":"5"}`, outcome: holds},
	{name: "unequal same", expr: "n <> :v", values: `{":v":5}`, outcome: fails},
	{name: "equal set in another order", expr: "ns = :v", values: `{":v":{"$ns":[3,1,2]}}`, outcome: holds},
	{name: "equal smaller set", expr: "ns = :v", values: `{":v":{"$ns":[3,1]}}`, outcome: fails},
	{name: "equal list", expr: "l = :v", values: `{":v":["one",2,["deep"]]}`, outcome: holds},
	{name: "equal list in another order", expr: "l = :v", values: `{":v":[2,"one",["deep"]]}`, outcome: fails},
	{name: "equal map", expr: "m = :v", values: `{":v":{"l":[10,20],"n":7,"k":"v"}}`, outcome: holds},
	{name: "equal null", expr: "z = :v", values: `{":v":null}`, outcome: holds},
	{name: "equal bool", expr: "lit = :v", values: `{":v":true}`, outcome: holds},
	{name: "equal binary", expr: "b = :v", values: `{":v":{"$b":"bytes"}}`, outcome: holds},
	{name: "equal empty text", expr: "blank = :v", values: `{":v":""}`, outcome: holds},
	{name: "two attributes", expr: "n > f", outcome: holds},
	{name: "value on the left", expr: ":v < n", values: `{":v":4}`, outcome: holds},
	{name: "less number not text order", expr: "n < :v", values: `{":v":10}`, outcome: holds},
	{name: "less equal at bound", expr: "n <= :v", values: `{":v":5}`, outcome: holds},
	{name: "greater at bound", expr: "n > :v", values: `{":v":5}`, outcome: fails},
	{name: "greater equal at bound", expr: "n >= :v", values: `{":v":5}`, outcome: holds},
	{name: "less text", expr: "s < :v", values: `{":v":"hellp"}`, outcome: holds},
	{name: "less binary", expr: "b < :v", values: `{":v":{"$b":"byu"}}`, outcome: holds},
	{name: "less of another type", expr: "n < :v", values: `{":v":"9"}`, outcome: fails},
	{name: "greater of another type", expr: "n > :v", values: `{":v":"1"}`, outcome: fails},
	{name: "less absent", expr: "gone < :v", values: `{":v":1}`, outcome: fails},
	{name: "between inside", expr: "n BETWEEN :a AND :b", values: `{":a":4,":b":6}`, outcome: holds},
	{name: "between at both bounds", expr: "n BETWEEN :a AND :b", values: `{":a":5,":b":5}`, outcome: holds},
	{name: "between outside", expr: "n BETWEEN :a AND :b", values: `{":a":6,":b":7}`, outcome: fails},
	{name: "between attributes", expr: ":v BETWEEN f AND n", values: `{":v":3}`, outcome: holds},
	{name: "between bounds reversed", expr: "n BETWEEN :a AND :b", values: `{":a":6,":b":4}`, outcome: validation},
	{name: "between bounds of two types", expr: "n BETWEEN :a AND :b", values: `{":a":6,":b":"9"}`, outcome: validation},
	{name: "in list", expr: "n IN (:a, :b)", values: `{":a":4,":b":5}`, outcome: holds},
	{name: "in list of one", expr: "s IN (:a)", values: `{":a":"hello"}`, outcome: holds},
	{name: "not in list", expr: "n IN (:a, :b)", values: `{":a":"5",":b":6}`, outcome: fails},
	{name: "in absent", expr: "gone IN (:a)", values: `{":a":"5"}`, outcome: fails},
	{name: "in attributes", expr: "n IN (f, m.n, n2)", item: `{"n":7,"f":1,"m":{"n":7}}`, outcome: holds},
	{name: "in set member", expr: "ns IN (:a)", values: `{":a":{"$ns":[1,2,3]}}`, outcome: holds},
	{name: "less with bool", expr: "lit < :v", values: `{":v":true}`, outcome: validation},
	{name: "less with list", expr: "l < :v", values: `{":v":["a"]}`, outcome: validation},
	{name: "same attribute twice", expr: "n = n", outcome: validation},
}

var functionRows = []conditionRow{
	{name: "exists", expr: "attribute_exists(s)", outcome: holds},
	{name: "exists null", expr: "attribute_exists(z)", outcome: holds},
	{name: "exists nested", expr: "attribute_exists(m.l[1])", outcome: holds},
	{name: "exists nested absent", expr: "attribute_exists(m.l[2])", outcome: fails},
	{name: "exists through a scalar", expr: "attribute_exists(s.k)", outcome: fails},
	{name: "not exists", expr: "attribute_not_exists(gone)", outcome: holds},
	{name: "not exists present", expr: "attribute_not_exists(s)", outcome: fails},
	{name: "not exists deep in absent", expr: "attribute_not_exists(gone.a.b[3])", outcome: holds},
	{name: "exists of a value", expr: "attribute_exists(:v)", values: `{":v":"s"}`, outcome: validation},
	{name: "begins with", expr: "begins_with(s, :v)", values: `{":v":"hel"}`, outcome: holds},
	{name: "begins with whole", expr: "begins_with(s, :v)", values: `{":v":"hello"}`, outcome: holds},
	{name: "begins with longer", expr: "begins_with(s, :v)", values: `{":v":"hello!"}`, outcome: fails},
	{name: "begins with empty", expr: "begins_with(s, :v)", values: `{":v":""}`, outcome: holds},
	{name: "begins with binary", expr: "begins_with(b, :v)", values: `{":v":{"$b":"by"}}`, outcome: holds},
	{name: "begins with text on binary", expr: "begins_with(b, :v)", values: `{":v":"by"}`, outcome: fails},
	{name: "begins with on number", expr: "begins_with(n, :v)", values: `{":v":"5"}`, outcome: fails},
	{name: "begins with number operand", expr: "begins_with(s, :v)", values: `{":v":5}`, outcome: validation},
	{name: "contains text", expr: "contains(s, :v)", values: `{":v":"ell"}`, outcome: holds},
	{name: "contains text absent", expr: "contains(s, :v)", values: `{":v":"elx"}`, outcome: fails},
	{name: "contains binary", expr: "contains(b, :v)", values: `{":v":{"$b":"yte"}}`, outcome: holds},
	{name: "contains string in set", expr: "contains(ss, :v)", values: `{":v":"b"}`, outcome: holds},
	{name: "contains part of a set member", expr: "contains(ss, :v)", item: `{"ss":{"$ss":["abc"]}}`, values: `{":v":"b"}`, outcome: fails},
	{name: "contains number in set", expr: "contains(ns, :v)", values: `{":v":{"$n":"2.00"}}`, outcome: holds},
	{name: "contains binary in set", expr: "contains(bs, :v)", values: `{":v":{"$b":"y"}}`, outcome: holds},
	{name: "contains in list", expr: "contains(l, :v)", values: `{":v":2}`, outcome: holds},
	{name: "contains list in list", expr: "contains(l, :v)", values: `{":v":["deep"]}`, outcome: holds},
	{name: "contains in list absent", expr: "contains(l, :v)", values: `{":v":"2"}`, outcome: fails},
	{name: "contains on map", expr: "contains(m, :v)", values: `{":v":"k"}`, outcome: fails},
	{name: "contains on number", expr: "contains(n, :v)", values: `{":v":5}`, outcome: fails},
	{name: "contains attribute", expr: "contains(s, t)", item: `{"s":"hello","t":"lo"}`, outcome: holds},
	{name: "contains itself", expr: "contains(s, s)", outcome: validation},
	{name: "size text", expr: "size(s) = :v", values: `{":v":5}`, outcome: holds},
	{name: "size binary", expr: "size(b) = :v", values: `{":v":5}`, outcome: holds},
	{name: "size set", expr: "size(ns) = :v", values: `{":v":3}`, outcome: holds},
	{name: "size list", expr: "size(l) = :v", values: `{":v":3}`, outcome: holds},
	{name: "size map", expr: "size(m) = :v", values: `{":v":3}`, outcome: holds},
	{name: "size empty text", expr: "size(blank) = :v", values: `{":v":0}`, outcome: holds},
	{name: "size between", expr: "size(l) BETWEEN :a AND :b", values: `{":a":1,":b":3}`, outcome: holds},
	{name: "size in", expr: "size(l) IN (:a, :b)", values: `{":a":1,":b":3}`, outcome: holds},
	{name: "size of two attributes", expr: "size(s) > size(l)", outcome: holds},
	{name: "size absent", expr: "size(gone) > :v", values: `{":v":0}`, outcome: fails},
	{name: "size number", expr: "size(n) > :v", values: `{":v":0}`, outcome: fails},
	{name: "size of number value", expr: "size(:v) > :w", values: `{":v":1,":w":0}`, outcome: validation},
	{name: "size alone", expr: "size(s)", outcome: validation},
	{name: "type string", expr: "attribute_type(s, :v)", values: `{":v":"S"}`, outcome: holds},
	{name: "type number", expr: "attribute_type(n, :v)", values: `{":v":"N"}`, outcome: holds},
	{name: "type binary", expr: "attribute_type(b, :v)", values: `{":v":"B"}`, outcome: holds},
	{name: "type bool", expr: "attribute_type(off, :v)", values: `{":v":"BOOL"}`, outcome: holds},
	{name: "type null", expr: "attribute_type(z, :v)", values: `{":v":"NULL"}`, outcome: holds},
	{name: "type string set", expr: "attribute_type(ss, :v)", values: `{":v":"SS"}`, outcome: holds},
	{name: "type number set", expr: "attribute_type(ns, :v)", values: `{":v":"NS"}`, outcome: holds},
	{name: "type binary set", expr: "attribute_type(bs, :v)", values: `{":v":"BS"}`, outcome: holds},
	{name: "type list", expr: "attribute_type(l, :v)", values: `{":v":"L"}`, outcome: holds},
	{name: "type map", expr: "attribute_type(m, :v)", values: `{":v":"M"}`, outcome: holds},
	{name: "type wrong", expr: "attribute_type(m, :v)", values: `{":v":"L"}`, outcome: fails},
	{name: "type absent", expr: "attribute_type(gone, :v)", values: `{":v":"L"}`, outcome: fails},
	{name: "type unknown", expr: "attribute_type(m, :v)", values: `{":v":"MAP"}`, outcome: validation},
	{name: "type not text", expr: "attribute_type(m, :v)", values: `{":v":1}`, outcome: validation},
}

var logicRows = []conditionRow{
	{name: "and", expr: "n = :v AND s = :s", values: `{":v":5,":s":"hello"}`, outcome: holds},
	{name: "and one fails", expr: "n = :v AND s = :s", values: `{":v":5,":s":"x"}`, outcome: fails},
	{name: "or", expr: "n = :v OR s = :s", values: `{":v":6,":s":"hello"}`, outcome: holds},
	{name: "not", expr: "NOT n = :v", values: `{":v":6}`, outcome: holds},
	{name: "not binds tighter than and", expr: "NOT n = :v AND s = :s", values: `{":v":6,":s":"x"}`, outcome: fails},
	{name: "and binds tighter than or", expr: "lit = :t OR off = :t AND off = :t", values: `{":t":true}`, outcome: holds},
	{name: "parentheses", expr: "(lit = :t OR off = :t) AND off = :t", values: `{":t":true}`, outcome: fails},
	{name: "not parentheses", expr: "NOT (lit = :t AND off = :t)", values: `{":t":true}`, outcome: holds},
	{name: "not absent comparison", expr: "NOT gone = :t", values: `{":t":true}`, outcome: holds},
	{name: "words in lower case", expr: "not n = :v and n between :a and :b or n in (:v)", values: `{":v":6,":a":1,":b":9}`, outcome: holds},
	{name: "nested path", expr: "m.l[1] = :v", values: `{":v":20}`, outcome: holds},
	{name: "list in list", expr: "l[2][0] = :v", values: `{":v":"deep"}`, outcome: holds},
	{name: "names", expr: "#m.#n = :v", values: `{":v":7}`, names: "#m=m,#n=n", outcome: holds},
	{name: "name with a dot is one name", expr: "#d = :v", item: `{"m.n":1,"m":{"n":2}}`, values: `{":v":1}`, names: "#d=m.n", outcome: holds},
	{name: "no spaces", expr: "n>=:v AND(s=:s)", values: `{":v":5,":s":"hello"}`, outcome: holds},
	{name: "line breaks", expr: "n\n=\t:v", values: `{":v":5}`, outcome: holds},
}

// conditionChecks puts every row as the condition of a put, as the filter of
// a query and as a check in a transaction: one grammar, three ways in.
func conditionChecks(s *Suite) {
	for _, rows := range [][]conditionRow{comparisonRows, functionRows, logicRows} {
		for _, row := range rows {
			if row.item == "" {
				row.item = conditionItem
			}
			s.check("put "+row.name, func(c *C) { c.conditionOfPut(row) })
			s.check("filter "+row.name, func(c *C) { c.conditionOfFilter(row) })
			s.check("transact "+row.name, func(c *C) { c.conditionOfTransaction(row) })
		}
	}
	for _, row := range keyConditionRows {
		s.check("key "+row.name, func(c *C) { c.conditionOnKey(row) })
	}
}

func (c *C) conditionOfPut(row conditionRow) {
	table := c.table(plainTable)
	c.put(table, c.own(row.item))
	_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
		TableName: aws.String(table), Item: c.own(`{"replaced":true}`),
		ConditionExpression: aws.String(row.expr), ExpressionAttributeNames: names(row.names),
		ExpressionAttributeValues: item(row.values),
	})
	switch row.outcome {
	case holds:
		c.wantError(err, "")
		c.stored(table, `{"replaced":true}`)
		return
	case fails:
		c.wantError(err, conditionFailed)
	default:
		c.wantError(err, row.outcome)
	}
	c.stored(table, row.item)
}

func (c *C) conditionOfFilter(row conditionRow) {
	table := c.table(plainTable)
	c.put(table, c.own(row.item))
	answer, err := c.query(table, func(q *dynamodb.QueryInput) {
		q.FilterExpression = aws.String(row.expr)
		q.ExpressionAttributeNames = names(row.names)
		q.ExpressionAttributeValues = merge(q.ExpressionAttributeValues, item(row.values))
	})
	if row.outcome != holds && row.outcome != fails {
		c.wantError(err, row.outcome)
		return
	}
	c.must(err)
	want := 0
	if row.outcome == holds {
		want = 1
	}
	c.sameInt("items", len(answer.Items), want)
	c.sameInt("scanned", int(answer.ScannedCount), 1)
}

func (c *C) conditionOfTransaction(row conditionRow) {
	table := c.table(plainTable)
	c.put(table, c.own(row.item))
	other := c.name + "+"
	_, err := c.DB.TransactWriteItems(c.ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Put: &types.Put{TableName: aws.String(table), Item: Item{"pk": S(other)}}},
		{ConditionCheck: &types.ConditionCheck{
			TableName: aws.String(table), Key: Item{"pk": c.key()},
			ConditionExpression: aws.String(row.expr), ExpressionAttributeNames: names(row.names),
			ExpressionAttributeValues: item(row.values),
		}},
	}})
	written := c.get(table, Item{"pk": S(other)})
	switch row.outcome {
	case holds:
		c.wantError(err, "")
		c.same("the other item", show(written), show(Item{"pk": S(other)}))
		return
	case fails:
		c.wantError(err, cancelled)
	default:
		c.wantError(err, row.outcome)
	}
	c.same("the other item", show(written), "none")
}

// keyConditionRows are conditions on an item that does not exist.
var keyConditionRows = []conditionRow{
	{name: "absent item does not exist", expr: "attribute_not_exists(pk)", outcome: holds},
	{name: "absent item exists", expr: "attribute_exists(pk)", outcome: fails},
	{name: "absent item unequal", expr: "a <> :v", values: `{":v":1}`, outcome: holds},
	{name: "absent item equal", expr: "a = :v", values: `{":v":1}`, outcome: fails},
	{name: "absent item not equal", expr: "NOT a = :v", values: `{":v":1}`, outcome: holds},
}

func (c *C) conditionOnKey(row conditionRow) {
	table := c.table(plainTable)
	request := c.updateRequest(table, "SET done = :done", "", row.values)
	request.ConditionExpression = aws.String(row.expr)
	request.ExpressionAttributeValues = with(request.ExpressionAttributeValues, ":done", N("1"))
	_, err := c.DB.UpdateItem(c.ctx, request)
	if row.outcome == holds {
		c.wantError(err, "")
		c.stored(table, `{"done":1}`)
		return
	}
	c.wantError(err, conditionFailed)
	c.stored(table, "")
}
