package ddbtest

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// indexQuery reads an index by the given hash key value.
func (c *C) indexQuery(index, hash string, value types.AttributeValue, change func(q *dynamodb.QueryInput)) (*dynamodb.QueryOutput, error) {
	request := &dynamodb.QueryInput{
		TableName: aws.String(c.table(indexedTable)), IndexName: aws.String(index),
		KeyConditionExpression:    aws.String(hash + " = :h"),
		ExpressionAttributeValues: Item{":h": value},
	}
	if change != nil {
		change(request)
	}
	return c.DB.Query(c.ctx, request)
}

// projected demands the items that a query of one index returns.
func (c *C) projected(index, hash string, value types.AttributeValue, want ...string) {
	answer, err := c.indexQuery(index, hash, value, nil)
	c.must(err)
	var wanted []Item
	for _, text := range want {
		wanted = append(wanted, c.own(text))
	}
	c.same("items in index "+index, showAll(answer.Items), showAll(wanted))
}

func indexChecks(s *Suite) {
	const full = `"sk":"1","gsk":"g","ipk":"i","isk":1,"kpk":"k","lsk":5,"lsk2":"l2","lsk3":"l3","a":1,"b":2,"c":3`
	projections := []struct{ name, index, hash, want string }{
		{"global all", "all", "gpk", `{` + full + `,"gpk":"GPK"}`},
		{"global keys only", "keys", "kpk", `{"sk":"1","kpk":"GPK"}`},
		{"global include", "some", "ipk", `{"sk":"1","ipk":"GPK","isk":1,"a":1,"b":2}`},
		{"local all", "lall", "pk", `{` + full + `}`},
		{"local keys only", "lkeys", "pk", `{"sk":"1","lsk2":"l2"}`},
		{"local include", "lsome", "pk", `{"sk":"1","lsk3":"l3","a":1}`},
	}
	for _, row := range projections {
		s.check("projection "+row.name, func(c *C) {
			table := c.table(indexedTable)
			one := c.own(`{` + full + `}`)
			want := c.own(row.want)
			if row.hash != "pk" {
				one[row.hash], want[row.hash] = c.key(), c.key()
			}
			c.put(table, one)
			answer, err := c.indexQuery(row.index, row.hash, c.key(), nil)
			c.must(err)
			c.same("items", showAll(answer.Items), show(want))
		})
	}
	s.check("sparse", func(c *C) {
		table := c.table(indexedTable)
		c.put(table, with(c.own(`{"sk":"no sort key"}`), "gpk", c.key()))
		c.put(table, c.own(`{"sk":"no hash key","gsk":"x"}`))
		c.put(table, with(c.own(`{"sk":"both","gsk":"x"}`), "gpk", c.key()))
		answer, err := c.indexQuery("all", "gpk", c.key(), nil)
		c.must(err)
		c.same("sort keys", column(answer.Items, "sk"), "both")
	})
	indexFollowChecks(s)
	indexOrderChecks(s)
	indexErrorChecks(s)
	indexReadErrorChecks(s)
}

// indexFollowChecks change an item and look whether the index follows.
func indexFollowChecks(s *Suite) {
	rows := []struct{ name, update, values, want string }{
		{"key changes", "SET gsk = :v", `{":v":"new"}`, `{"sk":"1","gpk":"G","gsk":"new","a":1}`},
		{"content changes", "SET a = :v", `{":v":2}`, `{"sk":"1","gpk":"G","gsk":"g","a":2}`},
		{"sort key goes", "REMOVE gsk", ``, ``},
		{"hash key goes", "REMOVE gpk", ``, ``},
		{"hash key moves", "SET gpk = :v", `{":v":"elsewhere"}`, ``},
	}
	for _, row := range rows {
		s.check("follows when "+row.name, func(c *C) {
			table := c.table(indexedTable)
			c.put(table, with(c.own(`{"sk":"1","gsk":"g","a":1}`), "gpk", c.key()))
			_, err := c.DB.UpdateItem(c.ctx, &dynamodb.UpdateItemInput{
				TableName: aws.String(table), Key: c.own(`{"sk":"1"}`),
				UpdateExpression: aws.String(row.update), ExpressionAttributeValues: item(row.values),
			})
			c.must(err)
			if row.want == "" {
				c.projected("all", "gpk", c.key())
				return
			}
			answer, err := c.indexQuery("all", "gpk", c.key(), nil)
			c.must(err)
			c.same("items", showAll(answer.Items), show(with(c.own(row.want), "gpk", c.key())))
		})
	}
	s.check("follows a delete", func(c *C) {
		table := c.table(indexedTable)
		c.put(table, c.own(`{"sk":"1","lsk":1}`))
		c.put(table, c.own(`{"sk":"2","lsk":2}`))
		c.remove(table, c.own(`{"sk":"1"}`))
		c.projected("lall", "pk", c.key(), `{"sk":"2","lsk":2}`)
	})
	s.check("follows a replacing put", func(c *C) {
		table := c.table(indexedTable)
		c.put(table, c.own(`{"sk":"1","lsk":1,"a":1}`))
		c.put(table, c.own(`{"sk":"1","lsk":3}`))
		c.projected("lall", "pk", c.key(), `{"sk":"1","lsk":3}`)
	})
	s.check("follows a transaction", func(c *C) {
		table := c.table(indexedTable)
		c.put(table, c.own(`{"sk":"1","lsk":1}`))
		c.must(c.transact(
			types.TransactWriteItem{Delete: &types.Delete{TableName: aws.String(table), Key: c.own(`{"sk":"1"}`)}},
			types.TransactWriteItem{Put: &types.Put{TableName: aws.String(table), Item: c.own(`{"sk":"2","lsk":2}`)}},
		))
		c.projected("lall", "pk", c.key(), `{"sk":"2","lsk":2}`)
	})
	s.check("unchanged by a refused write", func(c *C) {
		table := c.table(indexedTable)
		c.put(table, c.own(`{"sk":"1","lsk":1}`))
		_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
			TableName: aws.String(table), Item: c.own(`{"sk":"1","lsk":9}`), ConditionExpression: aws.String("attribute_not_exists(pk)"),
		})
		c.wantError(err, conditionFailed)
		c.projected("lall", "pk", c.key(), `{"sk":"1","lsk":1}`)
	})
}

// indexOrderChecks look at sorting, ranges and pages of indexes.
func indexOrderChecks(s *Suite) {
	fill := func(c *C) {
		for i, number := range []int{30, -2, 5, 5, 100, 5, 0} {
			c.put(c.table(indexedTable), merge(c.own(fmt.Sprintf(`{"sk":"s%d","lsk":%d,"isk":%d}`, i, number, number)), Item{"ipk": c.key()}))
		}
	}
	rows := []struct{ index, hash string }{{"lall", "pk"}, {"some", "ipk"}}
	for _, row := range rows {
		sortKey := map[string]string{"lall": "lsk", "some": "isk"}[row.index]
		s.check("order of "+row.index, func(c *C) {
			fill(c)
			answer, err := c.indexQuery(row.index, row.hash, c.key(), nil)
			c.must(err)
			c.same("sort keys", column(answer.Items, sortKey), "-2 0 5 5 5 30 100")
		})
		s.check("range of "+row.index, func(c *C) {
			fill(c)
			answer, err := c.indexQuery(row.index, row.hash, c.key(), func(q *dynamodb.QueryInput) {
				q.KeyConditionExpression = aws.String(row.hash + " = :h AND " + sortKey + " BETWEEN :a AND :b")
				q.ExpressionAttributeValues = merge(q.ExpressionAttributeValues, item(`{":a":0,":b":30}`))
				q.ScanIndexForward = aws.Bool(false)
			})
			c.must(err)
			c.same("sort keys", column(answer.Items, sortKey), "30 5 5 5 0")
		})
		for limit := int32(1); limit <= 3; limit++ {
			for _, forward := range []bool{true, false} {
				s.check(fmt.Sprintf("pages of %s by %d forward %v", row.index, limit, forward), func(c *C) {
					fill(c)
					items, _ := c.queryAll(&dynamodb.QueryInput{
						TableName: aws.String(c.table(indexedTable)), IndexName: aws.String(row.index), Limit: aws.Int32(limit),
						KeyConditionExpression: aws.String(row.hash + " = :h"), ScanIndexForward: aws.Bool(forward),
						ExpressionAttributeValues: Item{":h": c.key()},
					})
					sameSet(c, "items", column(items, "sk"), "s0 s1 s2 s3 s4 s5 s6")
				})
			}
		}
	}
	s.check("last key of a global index", func(c *C) {
		fill(c)
		answer, err := c.indexQuery("some", "ipk", c.key(), func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(1) })
		c.must(err)
		c.same("last key", show(answer.LastEvaluatedKey), show(merge(c.own(`{"sk":"s1","isk":-2}`), Item{"ipk": c.key()})))
	})
	s.check("last key of a local index", func(c *C) {
		fill(c)
		answer, err := c.indexQuery("lall", "pk", c.key(), func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(1) })
		c.must(err)
		c.same("last key", show(answer.LastEvaluatedKey), show(c.own(`{"sk":"s1","lsk":-2}`)))
	})
	s.check("consistent local index", func(c *C) {
		fill(c)
		answer, err := c.indexQuery("lall", "pk", c.key(), func(q *dynamodb.QueryInput) { q.ConsistentRead = aws.Bool(true) })
		c.must(err)
		c.sameInt("items", len(answer.Items), 7)
	})
	s.check("local index fetches what it lacks", func(c *C) {
		c.put(c.table(indexedTable), c.own(`{"sk":"1","lsk2":"x","c":7}`))
		answer, err := c.indexQuery("lkeys", "pk", c.key(), func(q *dynamodb.QueryInput) { q.Select = types.SelectAllAttributes })
		c.must(err)
		c.same("items", showAll(answer.Items), show(c.own(`{"sk":"1","lsk2":"x","c":7}`)))
	})
	s.check("local index fetches what is projected", func(c *C) {
		c.put(c.table(indexedTable), c.own(`{"sk":"1","lsk2":"x","c":7,"d":8}`))
		answer, err := c.indexQuery("lkeys", "pk", c.key(), func(q *dynamodb.QueryInput) { q.ProjectionExpression = aws.String("c, sk") })
		c.must(err)
		c.same("items", showAll(answer.Items), tidy(`{"c":7,"sk":"1"}`))
	})
}
