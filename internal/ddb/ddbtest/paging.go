package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// pageBytesMax is the documented size of what one page may read.
const pageBytesMax = 1 << 20

func pagingChecks(s *Suite) {
	for _, limit := range []int32{1, 2, 3, 6, 7, 8} {
		for _, forward := range []bool{true, false} {
			s.check(fmt.Sprintf("limit %d forward %v", limit, forward), func(c *C) {
				table := c.lettersTable()
				items, _ := c.queryAll(&dynamodb.QueryInput{
					TableName: aws.String(table), KeyConditionExpression: aws.String("pk = :pk"), Limit: aws.Int32(limit),
					ExpressionAttributeValues: Item{":pk": c.key()}, ScanIndexForward: aws.Bool(forward),
				})
				want := "a b ba bb c d e"
				if !forward {
					want = "e d c bb ba b a"
				}
				c.same("sort keys", column(items, "sk"), want)
			})
		}
	}
	s.check("last key is the last item's", func(c *C) {
		answer, err := c.query(c.lettersTable(), func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(3) })
		c.must(err)
		c.same("last key", show(answer.LastEvaluatedKey), show(Item{"pk": c.key(), "sk": S("ba")}))
	})
	s.check("exact limit leaves a last key", func(c *C) {
		answer, err := c.query(c.lettersTable(), func(q *dynamodb.QueryInput) { q.Limit = aws.Int32(7) })
		c.must(err)
		c.same("last key", show(answer.LastEvaluatedKey), show(Item{"pk": c.key(), "sk": S("e")}))
	})
	s.check("limit counts before the filter", func(c *C) {
		answer, err := c.query(c.lettersTable(), func(q *dynamodb.QueryInput) {
			q.Limit, q.FilterExpression = aws.Int32(2), aws.String("a = :a")
			q.ExpressionAttributeValues = with(q.ExpressionAttributeValues, ":a", S("xe"))
		})
		c.must(err)
		c.sameInt("count", int(answer.Count), 0)
		c.sameInt("scanned", int(answer.ScannedCount), 2)
		c.same("last key", show(answer.LastEvaluatedKey), show(Item{"pk": c.key(), "sk": S("b")}))
	})
	s.check("start at a key that is not there", func(c *C) {
		answer, err := c.query(c.lettersTable(), func(q *dynamodb.QueryInput) {
			q.ExclusiveStartKey = Item{"pk": c.key(), "sk": S("bz")}
		})
		c.must(err)
		c.same("sort keys", column(answer.Items, "sk"), "c d e")
	})
	s.check("start backwards at a key that is not there", func(c *C) {
		answer, err := c.query(c.lettersTable(), func(q *dynamodb.QueryInput) {
			q.ExclusiveStartKey, q.ScanIndexForward = Item{"pk": c.key(), "sk": S("bz")}, aws.Bool(false)
		})
		c.must(err)
		c.same("sort keys", column(answer.Items, "sk"), "bb ba b a")
	})
	s.check("pages within a range", func(c *C) {
		table := c.lettersTable()
		items, _ := c.queryAll(&dynamodb.QueryInput{
			TableName: aws.String(table), KeyConditionExpression: aws.String("pk = :pk AND sk BETWEEN :a AND :b"), Limit: aws.Int32(2),
			ExpressionAttributeValues: Item{":pk": c.key(), ":a": S("b"), ":b": S("d")},
		})
		c.same("sort keys", column(items, "sk"), "b ba bb c d")
	})
	startKeyErrorChecks(s)
	pageSizeChecks(s)
}

// startKeyErrorChecks start at keys that no page could have ended with.
func startKeyErrorChecks(s *Suite) {
	rows := []struct{ name, key string }{
		{"start without sort key", `{"pk":"KEY"}`},
		{"start with another attribute", `{"pk":"KEY","sk":"a","a":1}`},
		{"start of wrong type", `{"pk":"KEY","sk":1}`},
		{"start in another partition", `{"pk":"other","sk":"a"}`},
	}
	for _, row := range rows {
		s.check(row.name, func(c *C) {
			_, err := c.query(c.lettersTable(), func(q *dynamodb.QueryInput) {
				q.ExclusiveStartKey = item(strings.ReplaceAll(row.key, "KEY", c.name))
			})
			c.wantError(err, validation)
		})
	}
}

// pageSizeChecks read partitions larger than one page.
func pageSizeChecks(s *Suite) {
	const items, itemBytes = 25, 100 << 10
	fill := func(c *C) string {
		table := c.table(pairTable)
		for i := range items {
			c.put(table, Item{"pk": c.key(), "sk": S(fmt.Sprintf("%02d", i)), "a": S(strings.Repeat("x", itemBytes))})
		}
		return table
	}
	// A page holds ten such items, or eleven where the item that passes the
	// limit still belongs to it.
	wantPage := func(c *C, scanned int32) {
		if at := int(scanned) * itemBytes; at < pageBytesMax-2*itemBytes || at > pageBytesMax+2*itemBytes {
			c.Errorf("a page scanned %d items of %d bytes", scanned, itemBytes)
		}
	}
	s.check("page ends at one megabyte", func(c *C) {
		table := fill(c)
		request := &dynamodb.QueryInput{
			TableName: aws.String(table), KeyConditionExpression: aws.String("pk = :pk"), ExpressionAttributeValues: Item{":pk": c.key()},
		}
		first, err := c.DB.Query(c.ctx, request)
		c.must(err)
		wantPage(c, first.ScannedCount)
		all, pages := c.queryAll(request)
		c.sameInt("items", len(all), items)
		c.sameInt("pages", pages, 3)
	})
	s.check("page ends before the filter", func(c *C) {
		fill(c)
		answer, err := c.query(c.table(pairTable), func(q *dynamodb.QueryInput) {
			q.FilterExpression = aws.String("attribute_not_exists(a)")
		})
		c.must(err)
		wantPage(c, answer.ScannedCount)
		c.sameInt("count", int(answer.Count), 0)
		if answer.LastEvaluatedKey == nil {
			c.Errorf("a page without matches has to name its last key")
		}
	})
	s.check("page ends before the projection", func(c *C) {
		fill(c)
		answer, err := c.query(c.table(pairTable), func(q *dynamodb.QueryInput) { q.ProjectionExpression = aws.String("sk") })
		c.must(err)
		wantPage(c, answer.ScannedCount)
	})
	s.check("page of a count", func(c *C) {
		fill(c)
		answer, err := c.query(c.table(pairTable), func(q *dynamodb.QueryInput) { q.Select = types.SelectCount })
		c.must(err)
		wantPage(c, answer.Count)
	})
}
