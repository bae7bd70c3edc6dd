package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// capacityTable has one index of everything and one of keys alone.
var capacityTable = tableSpec{name: "ddbtest-capacity", hash: "pk S", sort: "sk S", indexes: []indexSpec{
	{name: "all", hash: "gpk S", project: types.ProjectionTypeAll},
	{name: "keys", hash: "kpk S", project: types.ProjectionTypeKeysOnly},
}}

// units writes a capacity as "total table all keys".
func units(used *types.ConsumedCapacity) string {
	if used == nil {
		return "none"
	}
	number := func(c *types.Capacity) float64 {
		if c == nil || c.CapacityUnits == nil {
			return 0
		}
		return *c.CapacityUnits
	}
	index := func(name string) float64 {
		entry, ok := used.GlobalSecondaryIndexes[name]
		if !ok {
			return 0
		}
		return number(&entry)
	}
	total := number(&types.Capacity{CapacityUnits: used.CapacityUnits})
	return fmt.Sprintf("%g %g %g %g", total, number(used.Table), index("all"), index("keys"))
}

// capacityRow is an update of an item of a given size, and what it costs.
// A unit is written for each started KB; an index costs 1 for a new or a
// removed entry or changed content, 0 for an unchanged one, 2 for a changed
// key.
type capacityRow struct {
	name, before, expr, values string
	beforeBytes                int
	want, wantInTransaction    string
}

var capacityRows = []capacityRow{
	{name: "new item", expr: "SET a = :v", values: `{":v":1}`, want: "1 1 0 0", wantInTransaction: "2 2 0 0"},
	{name: "new item in an index", expr: "SET gpk = :v", values: `{":v":"g"}`, want: "2 1 1 0", wantInTransaction: "3 2 1 0"},
	{name: "new item in two indexes", expr: "SET gpk = :v, kpk = :v", values: `{":v":"g"}`, want: "3 1 1 1", wantInTransaction: "4 2 1 1"},
	{name: "content in both projections", before: `{"gpk":"g","kpk":"k","a":1}`, expr: "SET a = :v", values: `{":v":2}`,
		want: "2 1 1 0", wantInTransaction: "3 2 1 0"},
	{name: "nothing changes", before: `{"gpk":"g","kpk":"k","a":1}`, expr: "SET a = :v", values: `{":v":1}`,
		want: "1 1 0 0", wantInTransaction: "2 2 0 0"},
	{name: "index key changes", before: `{"gpk":"g","kpk":"k"}`, expr: "SET kpk = :v", values: `{":v":"other"}`,
		want: "4 1 1 2", wantInTransaction: "5 2 1 2"},
	{name: "index key goes", before: `{"kpk":"k"}`, expr: "REMOVE kpk", want: "2 1 0 1", wantInTransaction: "3 2 0 1"},
	{name: "large item", before: `{"a":1}`, beforeBytes: 2500, expr: "SET a = :v", values: `{":v":2}`,
		want: "3 3 0 0", wantInTransaction: "6 6 0 0"},
	{name: "large item becomes small", before: `{"a":1}`, beforeBytes: 2500, expr: "REMOVE filling",
		want: "3 3 0 0", wantInTransaction: "6 6 0 0"},
	{name: "large item in an index", before: `{"gpk":"g"}`, beforeBytes: 1500, expr: "SET a = :v", values: `{":v":2}`,
		want: "4 2 2 0", wantInTransaction: "6 4 2 0"},
}

func capacityChecks(s *Suite) {
	for _, row := range capacityRows {
		prepare := func(c *C) (string, Item) {
			table, key := c.table(capacityTable), c.own(`{"sk":"1"}`)
			if row.before != "" {
				one := merge(key, item(row.before))
				if row.beforeBytes > 0 {
					one["filling"] = S(strings.Repeat("x", row.beforeBytes))
				}
				c.put(table, one)
			}
			return table, key
		}
		s.check("update "+row.name, func(c *C) {
			table, key := prepare(c)
			answer, err := c.DB.UpdateItem(c.ctx, &dynamodb.UpdateItemInput{
				TableName: aws.String(table), Key: key, UpdateExpression: aws.String(row.expr),
				ExpressionAttributeValues: item(row.values), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
			})
			c.must(err)
			c.same("units", units(answer.ConsumedCapacity), row.want)
		})
		s.check("transact "+row.name, func(c *C) {
			table, key := prepare(c)
			answer, err := c.DB.TransactWriteItems(c.ctx, &dynamodb.TransactWriteItemsInput{
				TransactItems: []types.TransactWriteItem{{Update: &types.Update{
					TableName: aws.String(table), Key: key, UpdateExpression: aws.String(row.expr), ExpressionAttributeValues: item(row.values),
				}}}, ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
			})
			c.must(err)
			c.sameInt("tables", len(answer.ConsumedCapacity), 1)
			c.same("units", units(&answer.ConsumedCapacity[0]), row.wantInTransaction)
		})
	}
	capacityOfWritesChecks(s)
	capacityOfReadsChecks(s)
	capacityFormChecks(s)
}

func capacityOfWritesChecks(s *Suite) {
	put := func(c *C, bytes int) string {
		answer, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
			TableName: aws.String(c.table(plainTable)), Item: c.sized(bytes), ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		c.must(err)
		return fmt.Sprint(*answer.ConsumedCapacity.CapacityUnits)
	}
	for bytes, want := range map[int]string{100: "1", 1024: "1", 1025: "2", 10 * 1024: "10", 10*1024 + 1: "11"} {
		s.check(fmt.Sprintf("put of %d bytes", bytes), func(c *C) { c.same("units", put(c, bytes), want) })
	}
	s.check("put over a larger item", func(c *C) {
		put(c, 3000)
		c.same("units", put(c, 100), "3")
	})
	remove := func(c *C) string {
		answer, err := c.DB.DeleteItem(c.ctx, &dynamodb.DeleteItemInput{
			TableName: aws.String(c.table(plainTable)), Key: Item{"pk": c.key()}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		c.must(err)
		return fmt.Sprint(*answer.ConsumedCapacity.CapacityUnits)
	}
	s.check("delete of a large item", func(c *C) {
		put(c, 3000)
		c.same("units", remove(c), "3")
	})
	s.check("delete of nothing", func(c *C) { c.same("units", remove(c), "1") })
	s.check("delete from indexes", func(c *C) {
		table := c.table(capacityTable)
		c.put(table, c.own(`{"sk":"1","gpk":"g","kpk":"k"}`))
		answer, err := c.DB.DeleteItem(c.ctx, &dynamodb.DeleteItemInput{
			TableName: aws.String(table), Key: c.own(`{"sk":"1"}`), ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
		})
		c.must(err)
		c.same("units", units(answer.ConsumedCapacity), "3 1 1 1")
	})
	s.check("batch write sums", func(c *C) {
		table := c.table(capacityTable)
		answer, err := c.DB.BatchWriteItem(c.ctx, &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{table: {
				putRequest(c.own(`{"sk":"1"}`)), putRequest(c.own(`{"sk":"2","gpk":"g"}`)),
				putRequest(with(c.own(`{"sk":"3"}`), "a", S(strings.Repeat("x", 1500)))),
			}}, ReturnConsumedCapacity: types.ReturnConsumedCapacityIndexes,
		})
		c.must(err)
		c.sameInt("tables", len(answer.ConsumedCapacity), 1)
		c.same("units", units(&answer.ConsumedCapacity[0]), "5 4 1 0")
	})
	s.check("check in a transaction costs", func(c *C) {
		table := c.table(capacityTable)
		answer, err := c.DB.TransactWriteItems(c.ctx, &dynamodb.TransactWriteItemsInput{
			TransactItems: []types.TransactWriteItem{{ConditionCheck: &types.ConditionCheck{
				TableName: aws.String(table), Key: c.own(`{"sk":"1"}`), ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}}}, ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
		c.must(err)
		c.sameInt("tables", len(answer.ConsumedCapacity), 1)
		c.same("units", fmt.Sprint(*answer.ConsumedCapacity[0].CapacityUnits), "2")
	})
}

// capacityFormChecks ask for capacity in its three forms.
func capacityFormChecks(s *Suite) {
	for form, want := range map[types.ReturnConsumedCapacity]string{
		types.ReturnConsumedCapacityNone: "none", types.ReturnConsumedCapacityTotal: "2 0 0 0", types.ReturnConsumedCapacityIndexes: "2 1 1 0",
	} {
		s.check("form "+string(form), func(c *C) {
			answer, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
				TableName: aws.String(c.table(capacityTable)), Item: c.own(`{"sk":"1","gpk":"g"}`), ReturnConsumedCapacity: form,
			})
			c.must(err)
			c.same("units", units(answer.ConsumedCapacity), want)
			if answer.ConsumedCapacity != nil {
				c.same("table", aws.ToString(answer.ConsumedCapacity.TableName), capacityTable.name)
			}
		})
	}
}
