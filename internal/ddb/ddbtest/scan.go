package ddbtest

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// scanItems is how many items the scanned table holds.
const scanItems = 40

// scanTable is filled once, for the scans alone.
var scanTable = tableSpec{name: "ddbtest-scan", hash: "pk S", sort: "sk S", indexes: []indexSpec{
	{name: "all", hash: "gpk S", project: types.ProjectionTypeAll},
}}

// scannedTable returns the table of the scans, filled: item "n07/s" has n 7,
// and every fourth one an index key.
func (c *C) scannedTable() string {
	table := c.table(scanTable)
	for i := range scanItems {
		one := Item{"pk": S(fmt.Sprintf("n%02d", i)), "sk": S("s"), "n": N(fmt.Sprint(i))}
		if i%4 == 0 {
			one["gpk"] = S(fmt.Sprintf("g%d", i%3))
		}
		c.put(table, one)
	}
	return table
}

// scanAll follows the pages of a scan to the end.
func (c *C) scanAll(request *dynamodb.ScanInput) (items []Item, scanned int) {
	for pages := 0; ; pages++ {
		answer, err := c.DB.Scan(c.ctx, request)
		c.must(err)
		items, scanned = append(items, answer.Items...), scanned+int(answer.ScannedCount)
		if answer.LastEvaluatedKey == nil {
			return items, scanned
		}
		if pages > pagesMax {
			c.Fatalf("the scan did not end after %d pages", pages)
		}
		request.ExclusiveStartKey = answer.LastEvaluatedKey
	}
}

// wantAll fails the check unless the items are all those of the scanned
// table that have every step-th number, each once.
func (c *C) wantAll(items []Item, step int) {
	var want []string
	for i := 0; i < scanItems; i += step {
		want = append(want, fmt.Sprint(i))
	}
	sameSet(c, "numbers", column(items, "n"), join(want))
}

func scanChecks(s *Suite) {
	s.check("everything", func(c *C) {
		items, scanned := c.scanAll(&dynamodb.ScanInput{TableName: aws.String(c.scannedTable())})
		c.wantAll(items, 1)
		c.sameInt("scanned", scanned, scanItems)
	})
	for _, limit := range []int32{1, 7, scanItems, scanItems + 1} {
		s.check(fmt.Sprintf("limit %d", limit), func(c *C) {
			items, _ := c.scanAll(&dynamodb.ScanInput{TableName: aws.String(c.scannedTable()), Limit: aws.Int32(limit)})
			c.wantAll(items, 1)
		})
	}
	for _, segments := range []int32{1, 2, 3, 8, 100} {
		s.check(fmt.Sprintf("segments %d", segments), func(c *C) {
			table := c.scannedTable()
			var items []Item
			for segment := range segments {
				part, _ := c.scanAll(&dynamodb.ScanInput{
					TableName: aws.String(table), Segment: aws.Int32(segment), TotalSegments: aws.Int32(segments), Limit: aws.Int32(3),
				})
				items = append(items, part...)
			}
			c.wantAll(items, 1)
		})
	}
	s.check("filter", func(c *C) {
		items, scanned := c.scanAll(&dynamodb.ScanInput{
			TableName: aws.String(c.scannedTable()), FilterExpression: aws.String("n < :n"), ExpressionAttributeValues: item(`{":n":10}`),
		})
		c.sameInt("items", len(items), 10)
		c.sameInt("scanned", scanned, scanItems)
	})
	s.check("filter on a key", func(c *C) {
		items, _ := c.scanAll(&dynamodb.ScanInput{
			TableName: aws.String(c.scannedTable()), FilterExpression: aws.String("begins_with(pk, :p)"), ExpressionAttributeValues: item(`{":p":"n1"}`),
		})
		c.sameInt("items", len(items), 10)
	})
	s.check("projection", func(c *C) {
		items, _ := c.scanAll(&dynamodb.ScanInput{TableName: aws.String(c.scannedTable()), ProjectionExpression: aws.String("n")})
		c.wantAll(items, 1)
		for _, one := range items {
			c.sameInt("attributes", len(one), 1)
		}
	})
	s.check("count", func(c *C) {
		answer, err := c.DB.Scan(c.ctx, &dynamodb.ScanInput{TableName: aws.String(c.scannedTable()), Select: types.SelectCount})
		c.must(err)
		c.sameInt("count", int(answer.Count), scanItems)
		c.sameInt("items", len(answer.Items), 0)
	})
	s.check("sparse index", func(c *C) {
		items, scanned := c.scanAll(&dynamodb.ScanInput{TableName: aws.String(c.scannedTable()), IndexName: aws.String("all"), Limit: aws.Int32(3)})
		c.wantAll(items, 4)
		c.sameInt("scanned", scanned, scanItems/4)
	})
	s.check("sparse index in segments", func(c *C) {
		table := c.scannedTable()
		var items []Item
		for segment := range int32(3) {
			part, _ := c.scanAll(&dynamodb.ScanInput{
				TableName: aws.String(table), IndexName: aws.String("all"), Segment: aws.Int32(segment), TotalSegments: aws.Int32(3), Limit: aws.Int32(2),
			})
			items = append(items, part...)
		}
		c.wantAll(items, 4)
	})
	s.check("consistent", func(c *C) {
		items, _ := c.scanAll(&dynamodb.ScanInput{TableName: aws.String(c.scannedTable()), ConsistentRead: aws.Bool(true)})
		c.wantAll(items, 1)
	})
	scanErrorChecks(s)
}

func scanErrorChecks(s *Suite) {
	rows := []struct {
		name   string
		change func(r *dynamodb.ScanInput)
	}{
		{"segment without total", func(r *dynamodb.ScanInput) { r.Segment = aws.Int32(0) }},
		{"total without segment", func(r *dynamodb.ScanInput) { r.TotalSegments = aws.Int32(2) }},
		{"segment not below total", func(r *dynamodb.ScanInput) { r.Segment, r.TotalSegments = aws.Int32(2), aws.Int32(2) }},
		{"negative segment", func(r *dynamodb.ScanInput) { r.Segment, r.TotalSegments = aws.Int32(-1), aws.Int32(2) }},
		{"no segments", func(r *dynamodb.ScanInput) { r.Segment, r.TotalSegments = aws.Int32(0), aws.Int32(0) }},
		{"too many segments", func(r *dynamodb.ScanInput) { r.Segment, r.TotalSegments = aws.Int32(0), aws.Int32(1000001) }},
		{"limit zero", func(r *dynamodb.ScanInput) { r.Limit = aws.Int32(0) }},
		{"no such index", func(r *dynamodb.ScanInput) { r.IndexName = aws.String("no-such-index") }},
		{"consistent index", func(r *dynamodb.ScanInput) { r.IndexName, r.ConsistentRead = aws.String("all"), aws.Bool(true) }},
		{"start key of wrong schema", func(r *dynamodb.ScanInput) { r.ExclusiveStartKey = item(`{"pk":"a"}`) }},
		{"empty filter", func(r *dynamodb.ScanInput) { r.FilterExpression = aws.String("") }},
		{"value not used", func(r *dynamodb.ScanInput) { r.ExpressionAttributeValues = item(`{":v":1}`) }},
	}
	for _, row := range rows {
		s.check("refused "+row.name, func(c *C) {
			request := &dynamodb.ScanInput{TableName: aws.String(c.table(scanTable))}
			row.change(request)
			_, err := c.DB.Scan(c.ctx, request)
			c.wantError(err, validation)
		})
	}
}
