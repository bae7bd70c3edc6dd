package ddbtest

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// indexErrorChecks write index keys that no index could hold.
func indexErrorChecks(s *Suite) {
	rows := []struct{ name, content, update, values string }{
		{"global key of wrong type", `{"sk":"1","gpk":5}`, "SET gpk = :v", `{":v":5}`},
		{"global sort key of wrong type", `{"sk":"1","isk":"x"}`, "SET isk = :v", `{":v":"x"}`},
		{"local key of wrong type", `{"sk":"1","lsk":"x"}`, "SET lsk = :v", `{":v":"x"}`},
		{"global key is null", `{"sk":"1","gpk":null}`, "SET gpk = :v", `{":v":null}`},
		{"global key is empty", `{"sk":"1","gpk":""}`, "SET gpk = :v", `{":v":""}`},
		{"local key is empty", `{"sk":"1","lsk2":""}`, "SET lsk2 = :v", `{":v":""}`},
		{"local key is a map", `{"sk":"1","lsk":{}}`, "SET lsk = :v", `{":v":{}}`},
		{"global key too long", `{"sk":"1","gpk":"LONGHASH"}`, "SET gpk = :v", `{":v":"LONGHASH"}`},
		{"global sort key too long", `{"sk":"1","gsk":"LONGSORT"}`, "SET gsk = :v", `{":v":"LONGSORT"}`},
	}
	fill := strings.NewReplacer("LONGHASH", strings.Repeat("x", hashBytesMax+1), "LONGSORT", strings.Repeat("x", sortBytesMax+1))
	for _, row := range rows {
		row.content, row.values = fill.Replace(row.content), fill.Replace(row.values)
		s.check("put "+row.name, func(c *C) {
			table := c.table(indexedTable)
			_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: c.own(row.content)})
			c.wantError(err, validation)
			c.same("stored item", show(c.get(table, c.own(`{"sk":"1"}`))), "none")
		})
		s.check("update "+row.name, func(c *C) {
			table := c.table(indexedTable)
			_, err := c.DB.UpdateItem(c.ctx, &dynamodb.UpdateItemInput{
				TableName: aws.String(table), Key: c.own(`{"sk":"1"}`),
				UpdateExpression: aws.String(row.update), ExpressionAttributeValues: item(row.values),
			})
			c.wantError(err, validation)
			c.same("stored item", show(c.get(table, c.own(`{"sk":"1"}`))), "none")
		})
		s.check("batch "+row.name, func(c *C) {
			table := c.table(indexedTable)
			c.wantError(c.batchWrite(table, putRequest(c.own(row.content)), putRequest(c.own(`{"sk":"2"}`))), validation)
			c.same("stored item", show(c.get(table, c.own(`{"sk":"2"}`))), "none")
		})
	}
}

// indexReadErrorChecks ask an index for what it cannot give.
func indexReadErrorChecks(s *Suite) {
	rows := []struct {
		name, index, hash string
		change            func(q *dynamodb.QueryInput)
	}{
		{"consistent global index", "all", "gpk", func(q *dynamodb.QueryInput) { q.ConsistentRead = aws.Bool(true) }},
		{"all attributes of keys only", "keys", "kpk", func(q *dynamodb.QueryInput) { q.Select = types.SelectAllAttributes }},
		{"all attributes of include", "some", "ipk", func(q *dynamodb.QueryInput) { q.Select = types.SelectAllAttributes }},
		{"projection of what is not projected", "keys", "kpk", func(q *dynamodb.QueryInput) { q.ProjectionExpression = aws.String("a") }},
		{"table key instead of index key", "all", "pk", nil},
		{"table sort key as condition", "all", "gpk", func(q *dynamodb.QueryInput) {
			q.KeyConditionExpression = aws.String("gpk = :h AND sk = :h")
		}},
		{"filter on index key", "all", "gpk", func(q *dynamodb.QueryInput) { q.FilterExpression = aws.String("attribute_exists(gsk)") }},
		{"start key of the table", "all", "gpk", func(q *dynamodb.QueryInput) { q.ExclusiveStartKey = item(`{"pk":"a","sk":"b"}`) }},
		{"start key without table key", "all", "gpk", func(q *dynamodb.QueryInput) { q.ExclusiveStartKey = item(`{"gpk":"a","gsk":"b"}`) }},
		{"start key of wrong type", "some", "ipk", func(q *dynamodb.QueryInput) {
			q.ExclusiveStartKey = item(`{"ipk":"a","isk":"b","pk":"a","sk":"b"}`)
		}},
	}
	for _, row := range rows {
		s.check("refused "+row.name, func(c *C) {
			_, err := c.indexQuery(row.index, row.hash, c.key(), row.change)
			c.wantError(err, validation)
		})
	}
	s.check("filter on table key", func(c *C) {
		c.put(c.table(indexedTable), with(c.own(`{"sk":"1","gsk":"g"}`), "gpk", c.key()))
		answer, err := c.indexQuery("all", "gpk", c.key(), func(q *dynamodb.QueryInput) {
			q.FilterExpression = aws.String("sk = :sk")
			q.ExpressionAttributeValues = with(q.ExpressionAttributeValues, ":sk", S("1"))
		})
		c.must(err)
		c.sameInt("items", len(answer.Items), 1)
	})
}
