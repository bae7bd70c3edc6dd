package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The documented limits of batches.
const (
	batchGetMax   = 100
	batchWriteMax = 25
)

func putRequest(one Item) types.WriteRequest {
	return types.WriteRequest{PutRequest: &types.PutRequest{Item: one}}
}

func deleteRequest(key Item) types.WriteRequest {
	return types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key}}
}

// batchWrite writes to one table and demands that nothing is left over.
func (c *C) batchWrite(table string, requests ...types.WriteRequest) error {
	answer, err := c.DB.BatchWriteItem(c.ctx, &dynamodb.BatchWriteItemInput{
		RequestItems: map[string][]types.WriteRequest{table: requests},
	})
	if err == nil && len(answer.UnprocessedItems) > 0 {
		c.Errorf("%d requests were left over", len(answer.UnprocessedItems[table]))
	}
	return err
}

// batchGet reads keys of one table.
func (c *C) batchGet(table string, keys ...Item) (*dynamodb.BatchGetItemOutput, error) {
	return c.DB.BatchGetItem(c.ctx, &dynamodb.BatchGetItemInput{
		RequestItems: map[string]types.KeysAndAttributes{table: {Keys: keys, ConsistentRead: aws.Bool(true)}},
	})
}

func batchChecks(s *Suite) {
	s.check("write and read two tables", func(c *C) {
		plain, pair := c.table(plainTable), c.table(pairTable)
		_, err := c.DB.BatchWriteItem(c.ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
			plain: {putRequest(c.own(`{"a":1}`))}, pair: {putRequest(c.own(`{"sk":"1","a":2}`)), putRequest(c.own(`{"sk":"2","a":3}`))},
		}})
		c.must(err)
		answer, err := c.DB.BatchGetItem(c.ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			plain: {Keys: []Item{{"pk": c.key()}}}, pair: {Keys: []Item{c.own(`{"sk":"1"}`), c.own(`{"sk":"2"}`), c.own(`{"sk":"gone"}`)}},
		}})
		c.must(err)
		c.same("first table", column(answer.Responses[plain], "a"), "1")
		sameSet(c, "second table", column(answer.Responses[pair], "a"), "2 3")
		c.sameInt("unprocessed", len(answer.UnprocessedKeys), 0)
	})
	s.check("put and delete", func(c *C) {
		table := c.table(pairTable)
		c.put(table, c.own(`{"sk":"old"}`))
		c.wantError(c.batchWrite(table, deleteRequest(c.own(`{"sk":"old"}`)), putRequest(c.own(`{"sk":"new"}`)), deleteRequest(c.own(`{"sk":"gone"}`))), "")
		answer, err := c.query(table, nil)
		c.must(err)
		c.same("sort keys", column(answer.Items, "sk"), "new")
	})
	s.check("put replaces", func(c *C) {
		table := c.table(plainTable)
		c.put(table, c.own(`{"a":1,"b":1}`))
		c.wantError(c.batchWrite(table, putRequest(c.own(`{"a":2}`))), "")
		c.stored(table, `{"a":2}`)
	})
	s.check("get of nothing there", func(c *C) {
		table := c.table(plainTable)
		answer, err := c.batchGet(table, Item{"pk": c.key()})
		c.must(err)
		c.sameInt("items", len(answer.Responses[table]), 0)
	})
	s.check("large answer is cut", func(c *C) {
		table := c.table(pairTable)
		const items, itemBytes, answerBytesMax = 45, 390 << 10, 16 << 20
		var keys []Item
		for i := range items {
			key := c.own(fmt.Sprintf(`{"sk":"%02d"}`, i))
			keys = append(keys, key)
			c.put(table, with(key, "a", S(strings.Repeat("x", itemBytes))))
		}
		answer, err := c.batchGet(table, keys...)
		c.must(err)
		got, left := len(answer.Responses[table]), len(answer.UnprocessedKeys[table].Keys)
		c.sameInt("items and keys left over", got+left, items)
		if got == items || got*itemBytes > answerBytesMax+itemBytes {
			c.Errorf("the answer holds %d items of %d bytes", got, itemBytes)
		}
	})
	batchCountChecks(s)
	batchErrorChecks(s)
}

func batchCountChecks(s *Suite) {
	rows := []struct {
		name       string
		write, get int
		code       string
	}{{"fullest", batchWriteMax, batchGetMax, ""}, {"too full", batchWriteMax + 1, batchGetMax + 1, validation}, {"empty", 0, 0, validation}}
	for _, row := range rows {
		s.check("write "+row.name, func(c *C) {
			table := c.table(pairTable)
			requests := []types.WriteRequest{}
			for i := range row.write {
				requests = append(requests, putRequest(c.own(fmt.Sprintf(`{"sk":"%03d"}`, i))))
			}
			c.wantError(c.batchWrite(table, requests...), row.code)
			answer, err := c.query(table, nil)
			c.must(err)
			want := row.write
			if row.code != "" {
				want = 0
			}
			c.sameInt("items", len(answer.Items), want)
		})
		s.check("get "+row.name, func(c *C) {
			table := c.table(pairTable)
			keys := []Item{}
			for i := range row.get {
				keys = append(keys, c.own(fmt.Sprintf(`{"sk":"%03d"}`, i)))
			}
			_, err := c.batchGet(table, keys...)
			c.wantError(err, row.code)
		})
	}
}

func batchErrorChecks(s *Suite) {
	rows := []struct {
		name     string
		requests func(c *C) []types.WriteRequest
	}{
		{"same put twice", func(c *C) []types.WriteRequest {
			return []types.WriteRequest{putRequest(c.own(`{"sk":"1","a":1}`)), putRequest(c.own(`{"sk":"1","a":2}`))}
		}},
		{"put and delete of one item", func(c *C) []types.WriteRequest {
			return []types.WriteRequest{putRequest(c.own(`{"sk":"1","a":1}`)), deleteRequest(c.own(`{"sk":"1"}`))}
		}},
		{"request of nothing", func(c *C) []types.WriteRequest {
			return []types.WriteRequest{putRequest(c.own(`{"sk":"1"}`)), {}}
		}},
		{"request of both kinds", func(c *C) []types.WriteRequest {
			return []types.WriteRequest{{PutRequest: putRequest(c.own(`{"sk":"1"}`)).PutRequest, DeleteRequest: deleteRequest(c.own(`{"sk":"2"}`)).DeleteRequest}}
		}},
		{"one bad item among good", func(c *C) []types.WriteRequest {
			return []types.WriteRequest{putRequest(c.own(`{"sk":"1"}`)), putRequest(c.own(`{"a":1}`))}
		}},
	}
	for _, row := range rows {
		s.check("refused "+row.name, func(c *C) {
			table := c.table(pairTable)
			c.wantError(c.batchWrite(table, row.requests(c)...), validation)
			answer, err := c.query(table, nil)
			c.must(err)
			c.sameInt("items", len(answer.Items), 0)
		})
	}
	s.check("refused same key read twice", func(c *C) {
		_, err := c.batchGet(c.table(pairTable), c.own(`{"sk":"1"}`), c.own(`{"sk":"1"}`))
		c.wantError(err, validation, "duplicates")
	})
	s.check("refused same number key read twice", func(c *C) {
		_, err := c.batchGet(c.table(numberTable), c.own(`{"sk":1}`), c.own(`{"sk":{"$n":"1.0"}}`))
		c.wantError(err, validation, "duplicates")
	})
	s.check("refused one unknown table among known", func(c *C) {
		table := c.table(plainTable)
		_, err := c.DB.BatchWriteItem(c.ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{
			table: {putRequest(c.own(`{}`))}, "ddbtest-no-such-table": {putRequest(c.own(`{}`))},
		}})
		c.wantError(err, notFound)
		c.stored(table, "")
	})
	s.check("refused no table", func(c *C) {
		_, err := c.DB.BatchWriteItem(c.ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{}})
		c.wantError(err, validation)
	})
}
