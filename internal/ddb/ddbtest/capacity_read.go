package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// capacityOfReadsChecks: half a unit for each started 4 KB, a whole one if
// consistent, two in a transaction; a query rounds the sum, not each item.
func capacityOfReadsChecks(s *Suite) {
	rows := []struct {
		bytes                int
		eventual, consistent string
	}{{100, "0.5", "1"}, {4096, "0.5", "1"}, {4097, "1", "2"}, {12 * 1024, "1.5", "3"}}
	for _, row := range rows {
		for consistent, want := range map[bool]string{false: row.eventual, true: row.consistent} {
			s.check(fmt.Sprintf("get of %d bytes consistent %v", row.bytes, consistent), func(c *C) {
				table := c.table(plainTable)
				c.put(table, c.sized(row.bytes))
				c.same("units", c.getUnits(table, consistent), want)
			})
		}
	}
	s.check("get of nothing", func(c *C) { c.same("units", c.getUnits(c.table(plainTable), false), "0.5") })
	s.check("consistent get of nothing", func(c *C) { c.same("units", c.getUnits(c.table(plainTable), true), "1") })
	s.check("projection does not lower a get", func(c *C) {
		table := c.table(plainTable)
		c.put(table, c.sized(9000))
		answer, err := c.DB.GetItem(c.ctx, &dynamodb.GetItemInput{
			TableName: aws.String(table), Key: Item{"pk": c.key()}, ProjectionExpression: aws.String("pk"),
			ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		c.must(err)
		c.same("units", fmt.Sprint(*answer.ConsumedCapacity.CapacityUnits), "1.5")
	})
	capacityOfQueriesChecks(s)
	s.check("batch get rounds each item", func(c *C) {
		table := c.table(capacityTable)
		c.fillForReads(table)
		answer, err := c.DB.BatchGetItem(c.ctx, &dynamodb.BatchGetItemInput{
			RequestItems:           map[string]types.KeysAndAttributes{table: {Keys: []Item{c.own(`{"sk":"0"}`), c.own(`{"sk":"1"}`), c.own(`{"sk":"gone"}`)}}},
			ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		c.must(err)
		c.sameInt("tables", len(answer.ConsumedCapacity), 1)
		c.same("units", fmt.Sprint(*answer.ConsumedCapacity[0].CapacityUnits), "1.5")
	})
	s.check("transact get doubles", func(c *C) {
		table := c.table(capacityTable)
		c.fillForReads(table)
		var gets []types.TransactGetItem
		for _, sort := range []string{"0", "1", "gone"} {
			gets = append(gets, types.TransactGetItem{Get: &types.Get{TableName: aws.String(table), Key: Item{"pk": c.key(), "sk": S(sort)}}})
		}
		answer, err := c.DB.TransactGetItems(c.ctx, &dynamodb.TransactGetItemsInput{
			TransactItems: gets, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		c.must(err)
		c.sameInt("tables", len(answer.ConsumedCapacity), 1)
		c.same("units", fmt.Sprint(*answer.ConsumedCapacity[0].CapacityUnits), "6")
	})
}

func (c *C) getUnits(table string, consistent bool) string {
	answer, err := c.DB.GetItem(c.ctx, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: Item{"pk": c.key()}, ConsistentRead: aws.Bool(consistent),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	})
	c.must(err)
	return fmt.Sprint(*answer.ConsumedCapacity.CapacityUnits)
}

// fillForReads puts ten items of about 1,000 bytes.
func (c *C) fillForReads(table string) {
	for i := range 10 {
		one := c.own(fmt.Sprintf(`{"sk":"%d","kpk":"x"}`, i))
		one["gpk"], one["a"] = c.key(), S(strings.Repeat("x", 900))
		c.put(table, one)
	}
}

func capacityOfQueriesChecks(s *Suite) {
	rows := []struct {
		name, want string
		change     func(c *C, q *dynamodb.QueryInput)
	}{
		{"query", "1.5 1.5 0 0", nil},
		{"consistent query", "3 3 0 0", func(_ *C, q *dynamodb.QueryInput) { q.ConsistentRead = aws.Bool(true) }},
		{"query of a part", "1 1 0 0", func(_ *C, q *dynamodb.QueryInput) { q.Limit = aws.Int32(5) }},
		{"filter does not lower a query", "1.5 1.5 0 0", func(_ *C, q *dynamodb.QueryInput) { q.FilterExpression = aws.String("attribute_not_exists(a)") }},
		{"projection does not lower a query", "1.5 1.5 0 0", func(_ *C, q *dynamodb.QueryInput) { q.ProjectionExpression = aws.String("sk") }},
		{"count costs as much", "1.5 1.5 0 0", func(_ *C, q *dynamodb.QueryInput) { q.Select = types.SelectCount }},
		{"query of nothing", "0.5 0.5 0 0", func(_ *C, q *dynamodb.QueryInput) { q.ExpressionAttributeValues = item(`{":pk":"nobody"}`) }},
		{"query of an index", "1.5 0 1.5 0", func(c *C, q *dynamodb.QueryInput) {
			q.IndexName, q.KeyConditionExpression = aws.String("all"), aws.String("gpk = :pk")
		}},
	}
	for _, row := range rows {
		s.check(row.name, func(c *C) {
			c.fillForReads(c.table(capacityTable))
			answer, err := c.query(capacityTable.name, func(q *dynamodb.QueryInput) {
				q.ReturnConsumedCapacity = types.ReturnConsumedCapacityIndexes
				if row.change != nil {
					row.change(c, q)
				}
			})
			c.must(err)
			c.same("units", units(answer.ConsumedCapacity), row.want)
		})
	}
	s.check("query of a small index", func(c *C) {
		table := c.table(capacityTable)
		for i := range 10 {
			one := c.own(fmt.Sprintf(`{"sk":"%d"}`, i))
			one["kpk"], one["a"] = c.key(), S(strings.Repeat("x", 5000))
			c.put(table, one)
		}
		answer, err := c.query(table, func(q *dynamodb.QueryInput) {
			q.ReturnConsumedCapacity, q.IndexName = types.ReturnConsumedCapacityIndexes, aws.String("keys")
			q.KeyConditionExpression = aws.String("kpk = :pk")
		})
		c.must(err)
		c.same("units", units(answer.ConsumedCapacity), "0.5 0 0 0.5")
	})
}
