package ddbtest

import (
	"fmt"
	"sort"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"
)

// genProjection draws a projection or none.
func genProjection(t *rapid.T) *string {
	paths := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"pk", "a", "b", "m.x", "m.y", "l[0]", "l[1]", "s", "gone"}), 0, 4, rapid.ID).Draw(t, "projection")
	return opt(strings.Join(paths, ", "))
}

func genGet(t *rapid.T, table string) operation {
	request := &dynamodb.GetItemInput{TableName: &table, Key: genKey(t), ProjectionExpression: genProjection(t), ConsistentRead: aws.Bool(true)}
	return operation{fmt.Sprintf("get %s of %s", aws.ToString(request.ProjectionExpression), show(request.Key)), func(ctx ctx, db *dynamodb.Client) string {
		answer, err := db.GetItem(ctx, request)
		if err != nil {
			return failure(err)
		}
		return show(orEmpty(answer.Item))
	}}
}

// genQuery draws a query of the table. Its items come in one order only, so
// that single pages can be compared with their last keys.
func genQuery(t *rapid.T, table string) operation {
	e := genExpression{t: t, values: Item{":p": S(rapid.SampledFrom(genHashes).Draw(t, "pk"))}}
	condition := "pk = :p"
	switch rapid.IntRange(0, 3).Draw(t, "range") {
	case 0:
		comparator := rapid.SampledFrom([]string{"=", "<", "<=", ">", ">="}).Draw(t, "comparator")
		condition += " AND sk " + comparator + " " + e.value(N(rapid.SampledFrom(genSorts).Draw(t, "bound")))
	case 1:
		condition += " AND sk BETWEEN " + e.value(N("-1")) + " AND " + e.value(N(rapid.SampledFrom([]string{"0", "2", "10.0"}).Draw(t, "high")))
	}
	request := &dynamodb.QueryInput{
		TableName: &table, KeyConditionExpression: &condition, FilterExpression: opt(e.optional()),
		ScanIndexForward: aws.Bool(rapid.Bool().Draw(t, "forward")), ConsistentRead: aws.Bool(rapid.Bool().Draw(t, "consistent")),
		ExpressionAttributeValues: e.values, ReturnConsumedCapacity: indexesToo,
	}
	if limit := rapid.Int32Range(0, 4).Draw(t, "limit"); limit > 0 {
		request.Limit = aws.Int32(limit)
	}
	text := fmt.Sprintf("query %s filter %s %s limit %d", condition, aws.ToString(request.FilterExpression), show(e.values), aws.ToInt32(request.Limit))
	return operation{text, func(ctx ctx, db *dynamodb.Client) string {
		answer, err := db.Query(ctx, request)
		if err != nil {
			return failure(err)
		}
		return fmt.Sprintf("%d of %d, last %s, %s\n%s", answer.Count, answer.ScannedCount, show(orEmpty(answer.LastEvaluatedKey)), capacity(answer.ConsumedCapacity), showAll(answer.Items))
	}}
}

// genIndexQuery draws a query of an index, read to its end in pages. Items of
// one index key come in an order that AWS leaves open, so the comparison is
// of sorted items, and of the index keys in their order.
func genIndexQuery(t *rapid.T, table string) operation {
	index := rapid.SampledFrom([]string{"all", "some", "local"}).Draw(t, "index")
	condition, sortKey, value := "gpk = :h", map[string]string{"all": "gsk", "some": "", "local": "lsk"}[index], S("g")
	if index == "local" {
		condition, value = "pk = :h", S(rapid.SampledFrom(genHashes).Draw(t, "pk"))
	}
	limit, forward := rapid.Int32Range(1, 5).Draw(t, "limit"), rapid.Bool().Draw(t, "forward")
	return operation{fmt.Sprintf("query index %s by %s, %d a page", index, show(Item{":h": value}), limit), func(ctx ctx, db *dynamodb.Client) string {
		request := &dynamodb.QueryInput{
			TableName: &table, IndexName: &index, KeyConditionExpression: &condition, Limit: &limit,
			ScanIndexForward: &forward, ExpressionAttributeValues: Item{":h": value},
		}
		var items []Item
		for range pagesMax {
			answer, err := db.Query(ctx, request)
			if err != nil {
				return failure(err)
			}
			items = append(items, answer.Items...)
			if request.ExclusiveStartKey = answer.LastEvaluatedKey; answer.LastEvaluatedKey == nil {
				break
			}
		}
		return column(items, sortKey) + "\n" + sortedItems(items)
	}}
}

// genScan draws a scan of the table or of an index, read to its end in
// pages and segments, whose order AWS leaves open.
func genScan(t *rapid.T, table string) operation {
	e := genExpression{t: t}
	filter := opt(e.optional())
	index := opt(rapid.SampledFrom([]string{"", "all", "some", "local"}).Draw(t, "index"))
	if index != nil {
		filter, e.values = nil, nil
	}
	segments, limit := rapid.Int32Range(1, 3).Draw(t, "segments"), rapid.Int32Range(1, 5).Draw(t, "limit")
	text := fmt.Sprintf("scan %s filter %s %s in %d segments, %d a page", aws.ToString(index), aws.ToString(filter), show(e.values), segments, limit)
	return operation{text, func(ctx ctx, db *dynamodb.Client) string {
		var items []Item
		scanned := 0
		for segment := range segments {
			request := &dynamodb.ScanInput{
				TableName: &table, IndexName: index, FilterExpression: filter, ExpressionAttributeValues: e.values,
				Segment: &segment, TotalSegments: &segments, Limit: &limit,
			}
			for range pagesMax {
				answer, err := db.Scan(ctx, request)
				if err != nil {
					return failure(err)
				}
				items, scanned = append(items, answer.Items...), scanned+int(answer.ScannedCount)
				if request.ExclusiveStartKey = answer.LastEvaluatedKey; answer.LastEvaluatedKey == nil {
					break
				}
			}
		}
		return fmt.Sprintf("scanned %d\n%s", scanned, sortedItems(items))
	}}
}

// genReadMany draws a batch or a transaction of reads.
func genReadMany(t *rapid.T, table string) operation {
	var keys []Item
	for _, sort := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"-1", "0", "1", "2", "10"}), 1, 4, rapid.ID).Draw(t, "keys") {
		keys = append(keys, Item{"pk": S(rapid.SampledFrom(genHashes).Draw(t, "pk")), "sk": N(sort)})
	}
	if rapid.Bool().Draw(t, "in a transaction") {
		var gets []types.TransactGetItem
		for _, key := range keys {
			gets = append(gets, types.TransactGetItem{Get: &types.Get{TableName: &table, Key: key}})
		}
		return operation{"transactional read of " + showAll(keys), func(ctx ctx, db *dynamodb.Client) string {
			answer, err := db.TransactGetItems(ctx, &dynamodb.TransactGetItemsInput{TransactItems: gets, ReturnConsumedCapacity: indexesToo})
			if err != nil {
				return failure(err)
			}
			var items []Item
			for _, response := range answer.Responses {
				items = append(items, orEmpty(response.Item))
			}
			return showAll(items) + capacity(&answer.ConsumedCapacity[0])
		}}
	}
	return operation{"batch read of " + showAll(keys), func(ctx ctx, db *dynamodb.Client) string {
		answer, err := db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{table: {Keys: keys}}, ReturnConsumedCapacity: indexesToo,
		})
		if err != nil {
			return failure(err)
		}
		return sortedItems(answer.Responses[table]) + capacity(&answer.ConsumedCapacity[0])
	}}
}

func sortedItems(items []Item) string {
	lines := strings.Split(showAll(items), "\n")
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}
