package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The documented limits of items and transactions.
const (
	itemBytesMax        = 400 << 10
	transactionItemsMax = 100
)

// sized is an item of the check's own key with an exact size as AWS counts
// it: the bytes of all names and of all values.
func (c *C) sized(bytes int) Item {
	one := Item{"pk": c.key()}
	one["a"] = S(strings.Repeat("x", bytes-len("pk")-len(c.name)-len("a")))
	return one
}

func limitChecks(s *Suite) {
	for _, row := range []struct {
		name  string
		bytes int
		code  string
	}{{"largest item", itemBytesMax, ""}, {"too large item", itemBytesMax + 1, validation}} {
		s.check("put "+row.name, func(c *C) {
			table := c.table(plainTable)
			_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: c.sized(row.bytes)})
			c.wantError(err, row.code)
			c.sameExists(table, row.code == "")
		})
		s.check("update to "+row.name, func(c *C) {
			table := c.table(plainTable)
			request := c.updateRequest(table, "SET a = :v", "", "")
			request.ExpressionAttributeValues = Item{":v": c.sized(row.bytes)["a"]}
			_, err := c.DB.UpdateItem(c.ctx, request)
			c.wantError(err, row.code)
			c.sameExists(table, row.code == "")
		})
		s.check("batch put of "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.wantError(c.batchWrite(table, putRequest(c.sized(row.bytes)), putRequest(Item{"pk": S(c.name + "+")})), row.code)
			c.sameExists(table, row.code == "")
		})
		s.check("transact put of "+row.name, func(c *C) {
			table := c.table(plainTable)
			err := c.transact(types.TransactWriteItem{Put: &types.Put{TableName: aws.String(table), Item: c.sized(row.bytes)}})
			c.refusedInTransaction(err, row.code)
			c.sameExists(table, row.code == "")
		})
	}
	s.check("item grows too large", func(c *C) {
		table := c.table(plainTable)
		c.put(table, with(c.sized(itemBytesMax-1000), "b", S("")))
		request := c.updateRequest(table, "SET b = :v", "", "")
		request.ExpressionAttributeValues = Item{":v": S(strings.Repeat("y", 1000))}
		_, err := c.DB.UpdateItem(c.ctx, request)
		c.wantError(err, validation, "size")
		c.same("attribute", column([]Item{c.get(table, Item{"pk": c.key()})}, "b"), "")
	})
	s.check("item grows too large in a transaction", func(c *C) {
		table := c.table(plainTable)
		c.put(table, with(c.sized(itemBytesMax-1000), "b", S("")))
		err := c.transact(types.TransactWriteItem{Update: &types.Update{
			TableName: aws.String(table), Key: Item{"pk": c.key()}, UpdateExpression: aws.String("SET b = :v"),
			ExpressionAttributeValues: Item{":v": S(strings.Repeat("y", 1000))},
		}})
		c.wantError(err, cancelled)
		c.same("reasons", join(Reasons(err)), "ValidationError")
		c.same("attribute", column([]Item{c.get(table, Item{"pk": c.key()})}, "b"), "")
	})
	s.check("names count", func(c *C) {
		table := c.table(plainTable)
		one := c.sized(itemBytesMax)
		value := one["a"].(*types.AttributeValueMemberS)
		delete(one, "a")
		one[strings.Repeat("n", 1000)] = S(value.Value[:len(value.Value)-999])
		_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: one})
		c.wantError(err, "")
		one["b"] = S("")
		_, err = c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: one})
		c.wantError(err, validation)
	})
	s.check("bytes count not letters", func(c *C) {
		table := c.table(plainTable)
		one := Item{"pk": c.key(), "a": S(strings.Repeat("é", itemBytesMax/2))}
		_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: one})
		c.wantError(err, validation)
		c.sameExists(table, false)
	})
	transactionLimitChecks(s)
}

// refusedInTransaction accepts either way in which an item that is too large
// by itself is refused: at once, or as the reason of a cancellation.
func (c *C) refusedInTransaction(err error, code string) {
	if code == "" || Reasons(err) == nil {
		c.wantError(err, code)
		return
	}
	c.wantError(err, cancelled)
	for _, reason := range Reasons(err) {
		if reason != "None" && reason != "ValidationError" {
			c.Errorf("reason: got %s", reason)
		}
	}
}

func (c *C) sameExists(table string, want bool) {
	if exists := c.get(table, Item{"pk": c.key()}) != nil; exists != want {
		c.Errorf("the item exists: %v, want %v", exists, want)
	}
}

func transactionLimitChecks(s *Suite) {
	counts := []struct {
		name  string
		count int
		code  string
	}{
		{"transaction of nothing", 0, validation},
		{"largest transaction", transactionItemsMax, ""},
		{"too large transaction", transactionItemsMax + 1, validation},
	}
	for _, row := range counts {
		s.check(row.name, func(c *C) {
			table := c.table(pairTable)
			actions := []types.TransactWriteItem{}
			for i := range row.count {
				actions = append(actions, types.TransactWriteItem{Put: &types.Put{
					TableName: aws.String(table), Item: c.own(fmt.Sprintf(`{"sk":"%03d"}`, i)),
				}})
			}
			c.wantError(c.transact(actions...), row.code)
			answer, err := c.query(table, nil)
			c.must(err)
			want := row.count
			if row.code != "" {
				want = 0
			}
			c.sameInt("items", len(answer.Items), want)
		})
		s.check("read of "+row.name, func(c *C) {
			table := c.table(pairTable)
			actions := []types.TransactGetItem{}
			for i := range row.count {
				actions = append(actions, types.TransactGetItem{Get: &types.Get{
					TableName: aws.String(table), Key: c.own(fmt.Sprintf(`{"sk":"%03d"}`, i)),
				}})
			}
			answer, err := c.DB.TransactGetItems(c.ctx, &dynamodb.TransactGetItemsInput{TransactItems: actions})
			c.wantError(err, row.code)
			if err == nil {
				c.sameInt("answers", len(answer.Responses), row.count)
			}
		})
	}
	sizes := []struct {
		name  string
		items int
		code  string
	}{{"nearly four megabytes", 10, ""}, {"more than four megabytes", 11, validation}}
	for _, row := range sizes {
		s.check("transaction of "+row.name, func(c *C) {
			table := c.table(pairTable)
			var actions []types.TransactWriteItem
			for i := range row.items {
				one := with(c.own(fmt.Sprintf(`{"sk":"%03d"}`, i)), "a", S(strings.Repeat("x", 390<<10)))
				actions = append(actions, types.TransactWriteItem{Put: &types.Put{TableName: aws.String(table), Item: one}})
			}
			c.wantError(c.transact(actions...), row.code)
			if row.code != "" {
				answer, err := c.query(table, nil)
				c.must(err)
				c.sameInt("items", len(answer.Items), 0)
			}
		})
	}
}
