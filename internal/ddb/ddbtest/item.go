package ddbtest

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// roundTripRows are contents that have to come back as they were put.
var roundTripRows = []struct{ name, content string }{
	{"nothing else", `{}`},
	{"scalars", `{"s":"x","n":1,"t":true,"f":false,"z":null,"b":{"$b":"raw"}}`},
	{"empty text and binary", `{"s":"","b":{"$b":""}}`},
	{"sets", `{"ss":{"$ss":["a","b"]},"ns":{"$ns":[1,2.5]},"bs":{"$bs":["p","q"]}}`},
	{"set with empty text", `{"ss":{"$ss":["","a"]}}`},
	{"lists and maps", `{"l":[1,"two",[3,{"four":4}]],"m":{"a":{"b":{"c":[]}}}}`},
	{"empty list and map", `{"l":[],"m":{}}`},
	{"reserved and odd names", `{"name":1,"a.b":2,"a b":3,"#x":4,":y":5,"ünï":6}`},
	{"unicode and quotes", `{"s":"zażółć \"gęślą\" \\ jaźń 🎉\n\t\u0001"}`},
	{"text like markup", `{"s":"<script>&amp;\u2028</script>"}`},
}

func itemChecks(s *Suite) {
	for _, row := range roundTripRows {
		s.check("round trip "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(row.content))
			c.stored(table, row.content)
		})
	}
	s.check("put replaces", func(c *C) {
		table := c.table(plainTable)
		c.put(table, c.own(`{"a":1,"b":2}`))
		c.put(table, c.own(`{"b":3}`))
		c.stored(table, `{"b":3}`)
	})
	s.check("delete", func(c *C) {
		table := c.table(plainTable)
		c.put(table, c.own(`{"a":1}`))
		c.remove(table, Item{"pk": c.key()})
		c.stored(table, "")
	})
	s.check("delete absent", func(c *C) {
		table := c.table(plainTable)
		c.remove(table, Item{"pk": c.key()})
		c.stored(table, "")
	})
	s.check("get absent", func(c *C) {
		c.stored(c.table(plainTable), "")
	})
	s.check("delete under a condition", itemDeleteCondition)
	s.check("condition returns the old item", itemConditionReturnsOld)
	s.check("binary of all bytes", func(c *C) {
		raw := make([]byte, 256)
		for i := range raw {
			raw[i] = byte(i)
		}
		table := c.table(plainTable)
		want := Item{"pk": c.key(), "b": &types.AttributeValueMemberB{Value: raw}}
		c.put(table, want)
		c.same("stored item", show(c.get(table, Item{"pk": c.key()})), show(want))
	})
	itemUnknownTableChecks(s)
}

func itemDeleteCondition(c *C) {
	table := c.table(plainTable)
	c.put(table, c.own(`{"a":1}`))
	request := &dynamodb.DeleteItemInput{
		TableName: aws.String(table), Key: Item{"pk": c.key()},
		ConditionExpression: aws.String("a = :v"), ExpressionAttributeValues: item(`{":v":2}`),
	}
	_, err := c.DB.DeleteItem(c.ctx, request)
	c.wantError(err, conditionFailed)
	c.stored(table, `{"a":1}`)
	request.ExpressionAttributeValues = item(`{":v":1}`)
	_, err = c.DB.DeleteItem(c.ctx, request)
	c.wantError(err, "")
	c.stored(table, "")
}

// itemConditionReturnsOld asks each write for the item that refused it.
func itemConditionReturnsOld(c *C) {
	table := c.table(plainTable)
	c.put(table, c.own(`{"a":1,"b":"old"}`))
	old := types.ReturnValuesOnConditionCheckFailureAllOld
	condition, values := aws.String("a = :v"), item(`{":v":2}`)
	_, putErr := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
		TableName: aws.String(table), Item: c.own(`{}`), ConditionExpression: condition,
		ExpressionAttributeValues: values, ReturnValuesOnConditionCheckFailure: old,
	})
	update := c.updateRequest(table, "SET c = :v", "", `{":v":2}`)
	update.ConditionExpression, update.ReturnValuesOnConditionCheckFailure = condition, old
	_, updateErr := c.DB.UpdateItem(c.ctx, update)
	_, deleteErr := c.DB.DeleteItem(c.ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(table), Key: Item{"pk": c.key()}, ConditionExpression: condition,
		ExpressionAttributeValues: values, ReturnValuesOnConditionCheckFailure: old,
	})
	for name, err := range map[string]error{"put": putErr, "update": updateErr, "delete": deleteErr} {
		c.wantError(err, conditionFailed)
		c.same(name+": item in the error", show(refusedItem(err)), show(c.own(`{"a":1,"b":"old"}`)))
	}
	update.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureNone
	_, err := c.DB.UpdateItem(c.ctx, update)
	c.same("item nobody asked for", show(refusedItem(err)), "none")
}

// itemUnknownTableChecks asks every item operation about a table that is not.
func itemUnknownTableChecks(s *Suite) {
	table, key := aws.String("ddbtest-no-such-table"), Item{"pk": S("x")}
	operations := map[string]func(c *C) error{
		"get": func(c *C) error {
			_, err := c.DB.GetItem(c.ctx, &dynamodb.GetItemInput{TableName: table, Key: key})
			return err
		},
		"put": func(c *C) error {
			_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: table, Item: key})
			return err
		},
		"update": func(c *C) error {
			_, err := c.DB.UpdateItem(c.ctx, &dynamodb.UpdateItemInput{TableName: table, Key: key})
			return err
		},
		"delete": func(c *C) error {
			_, err := c.DB.DeleteItem(c.ctx, &dynamodb.DeleteItemInput{TableName: table, Key: key})
			return err
		},
		"query": func(c *C) error {
			_, err := c.query(*table, nil)
			return err
		},
		"scan": func(c *C) error {
			_, err := c.DB.Scan(c.ctx, &dynamodb.ScanInput{TableName: table})
			return err
		},
		"batch get": func(c *C) error {
			_, err := c.DB.BatchGetItem(c.ctx, &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{*table: {Keys: []Item{key}}},
			})
			return err
		},
		"batch write": func(c *C) error { return c.batchWrite(*table, putRequest(key)) },
		"transact get": func(c *C) error {
			_, err := c.DB.TransactGetItems(c.ctx, &dynamodb.TransactGetItemsInput{
				TransactItems: []types.TransactGetItem{{Get: &types.Get{TableName: table, Key: key}}},
			})
			return err
		},
		"transact write": func(c *C) error {
			return c.transact(types.TransactWriteItem{Put: &types.Put{TableName: table, Item: key}})
		},
	}
	for name, operation := range operations {
		s.check("unknown table "+name, func(c *C) {
			c.wantError(operation(c), notFound, "resource not found")
		})
	}
}
