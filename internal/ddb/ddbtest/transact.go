package ddbtest

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The four kinds of action on the item with the given sort key, in the table
// of pairs. A condition is optional except in a check.

func (c *C) txPut(text, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: aws.String(c.table(pairTable)), Item: c.own(text), ConditionExpression: opt(condition),
	}}
}

func (c *C) txUpdate(sort, expression, values string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: aws.String(c.table(pairTable)), Key: with(Item{"pk": c.key()}, "sk", S(sort)),
		UpdateExpression: aws.String(expression), ExpressionAttributeValues: item(values),
	}}
}

func (c *C) txDelete(sort, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName: aws.String(c.table(pairTable)), Key: with(Item{"pk": c.key()}, "sk", S(sort)), ConditionExpression: opt(condition),
	}}
}

func (c *C) txCheck(sort, condition string) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: aws.String(c.table(pairTable)), Key: with(Item{"pk": c.key()}, "sk", S(sort)), ConditionExpression: aws.String(condition),
	}}
}

// partition demands the items of the check's partition in the table of pairs.
func (c *C) partition(want ...string) {
	answer, err := c.query(c.table(pairTable), func(q *dynamodb.QueryInput) { q.ConsistentRead = aws.Bool(true) })
	c.must(err)
	var wanted []Item
	for _, text := range want {
		wanted = append(wanted, c.own(text))
	}
	c.same("partition", showAll(answer.Items), showAll(wanted))
}

func transactChecks(s *Suite) {
	s.check("all kinds of action", func(c *C) {
		table := c.table(pairTable)
		c.putAll(table, `{"sk":"b","n":1}`, `{"sk":"c"}`, `{"sk":"d"}`)
		c.wantError(c.transact(
			c.txPut(`{"sk":"a","new":true}`, "attribute_not_exists(pk)"), c.txUpdate("b", "ADD n :v", `{":v":1}`),
			c.txDelete("c", "attribute_exists(pk)"), c.txCheck("d", "attribute_exists(pk)"),
		), "")
		c.partition(`{"sk":"a","new":true}`, `{"sk":"b","n":2}`, `{"sk":"d"}`)
	})
	s.check("two tables", func(c *C) {
		plain := c.table(plainTable)
		c.wantError(c.transact(c.txPut(`{"sk":"a"}`, ""),
			types.TransactWriteItem{Put: &types.Put{TableName: aws.String(plain), Item: c.own(`{"b":1}`)}}), "")
		c.partition(`{"sk":"a"}`)
		c.stored(plain, `{"b":1}`)
	})
	s.check("update creates", func(c *C) {
		c.wantError(c.transact(c.txUpdate("a", "SET x = :v", `{":v":1}`)), "")
		c.partition(`{"sk":"a","x":1}`)
	})
	s.check("delete of nothing", func(c *C) {
		c.wantError(c.transact(c.txDelete("a", "")), "")
		c.partition()
	})
	s.check("conditions see the state before", func(c *C) {
		c.wantError(c.transact(c.txPut(`{"sk":"a"}`, ""), c.txCheck("b", "attribute_not_exists(pk)"), c.txPut(`{"sk":"c"}`, "attribute_not_exists(pk)")), "")
		c.partition(`{"sk":"a"}`, `{"sk":"c"}`)
	})
	s.check("get", func(c *C) {
		table := c.table(pairTable)
		c.putAll(table, `{"sk":"a","n":1}`, `{"sk":"c","n":3}`)
		answer, err := c.DB.TransactGetItems(c.ctx, &dynamodb.TransactGetItemsInput{TransactItems: []types.TransactGetItem{
			c.txGet("a"), c.txGet("b"), c.txGet("c"),
		}})
		c.must(err)
		c.sameInt("answers", len(answer.Responses), 3)
		var got []Item
		for _, response := range answer.Responses {
			got = append(got, orEmpty(response.Item))
		}
		c.same("items in the order asked", column(got, "n"), "1 - 3")
	})
	s.check("reads what it wrote", func(c *C) {
		c.must(c.transact(c.txPut(`{"sk":"a","n":1}`, ""), c.txPut(`{"sk":"b","n":1}`, "")))
		c.must(c.transact(c.txUpdate("a", "ADD n :v", `{":v":-1}`), c.txUpdate("b", "ADD n :v", `{":v":1}`)))
		c.partition(`{"sk":"a","n":0}`, `{"sk":"b","n":2}`)
	})
	transactErrorChecks(s)
}

func (c *C) txGet(sort string) types.TransactGetItem {
	return types.TransactGetItem{Get: &types.Get{
		TableName: aws.String(c.table(pairTable)), Key: with(Item{"pk": c.key()}, "sk", S(sort)),
	}}
}

// transactErrorChecks are transactions refused as a whole, before any item
// is looked at.
func transactErrorChecks(s *Suite) {
	rows := []struct {
		name     string
		actions  func(c *C) []types.TransactWriteItem
		fragment string
	}{
		{"same item put twice", func(c *C) []types.TransactWriteItem {
			return []types.TransactWriteItem{c.txPut(`{"sk":"a"}`, ""), c.txPut(`{"sk":"a","b":1}`, "")}
		}, "multiple operations on one item"},
		{"same item updated and deleted", func(c *C) []types.TransactWriteItem {
			return []types.TransactWriteItem{c.txUpdate("a", "SET x = :v", `{":v":1}`), c.txDelete("a", "")}
		}, "multiple operations on one item"},
		{"same item checked and put", func(c *C) []types.TransactWriteItem {
			return []types.TransactWriteItem{c.txCheck("a", "attribute_not_exists(pk)"), c.txPut(`{"sk":"a"}`, "")}
		}, "multiple operations on one item"},
		{"action of nothing", func(c *C) []types.TransactWriteItem {
			return []types.TransactWriteItem{c.txPut(`{"sk":"a"}`, ""), {}}
		}, ""},
		{"action of two kinds", func(c *C) []types.TransactWriteItem {
			return []types.TransactWriteItem{{Put: c.txPut(`{"sk":"a"}`, "").Put, Delete: c.txDelete("b", "").Delete}}
		}, ""},
		{"update without expression", func(c *C) []types.TransactWriteItem {
			action := c.txUpdate("a", "x", "")
			action.Update.UpdateExpression = aws.String("")
			return []types.TransactWriteItem{action}
		}, ""},
		{"condition of bad syntax", func(c *C) []types.TransactWriteItem {
			return []types.TransactWriteItem{c.txPut(`{"sk":"b"}`, ""), c.txCheck("a", "attribute_exists(")}
		}, "Syntax error"},
		{"condition with a reserved word", func(c *C) []types.TransactWriteItem {
			return []types.TransactWriteItem{c.txPut(`{"sk":"b"}`, ""), c.txCheck("a", "attribute_exists(status)")}
		}, "reserved keyword"},
	}
	for _, row := range rows {
		s.check("refused "+row.name, func(c *C) {
			c.wantError(c.transact(row.actions(c)...), validation, row.fragment)
			c.partition()
		})
	}
	s.check("refused same item read twice", func(c *C) {
		_, err := c.DB.TransactGetItems(c.ctx, &dynamodb.TransactGetItemsInput{
			TransactItems: []types.TransactGetItem{c.txGet("a"), c.txGet("a")},
		})
		c.wantError(err, validation, "multiple operations on one item")
	})
	s.check("refused one unknown table among known", func(c *C) {
		err := c.transact(c.txPut(`{"sk":"a"}`, ""), types.TransactWriteItem{Put: &types.Put{
			TableName: aws.String("ddbtest-no-such-table"), Item: c.own(`{}`),
		}})
		c.wantError(err, notFound)
		c.partition()
	})
}
