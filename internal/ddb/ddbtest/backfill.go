package ddbtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// addIndex adds a global index on "gpk" to a table and waits for it.
func (c *C) addIndex(table, name string) {
	_, err := c.DB.UpdateTable(c.ctx, &dynamodb.UpdateTableInput{
		TableName:            aws.String(table),
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("gpk"), AttributeType: types.ScalarAttributeTypeS}},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName:  aws.String(name),
			KeySchema:  []types.KeySchemaElement{{AttributeName: aws.String("gpk"), KeyType: types.KeyTypeHash}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}}},
	})
	c.must(err)
	c.awaitTable(table, func(d *types.TableDescription) bool {
		for _, index := range d.GlobalSecondaryIndexes {
			if *index.IndexName == name && index.IndexStatus == types.IndexStatusActive {
				return d.TableStatus == types.TableStatusActive
			}
		}
		return false
	})
}

// dropIndex removes a global index and waits until it is gone.
func (c *C) dropIndex(table, name string) {
	_, err := c.DB.UpdateTable(c.ctx, &dynamodb.UpdateTableInput{
		TableName: aws.String(table),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{
			{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String(name)}},
		},
	})
	c.must(err)
	c.awaitTable(table, func(d *types.TableDescription) bool {
		return len(d.GlobalSecondaryIndexes) == 0 && d.TableStatus == types.TableStatusActive
	})
}

// pollEvery is how often a store that works in the background is asked.
const pollEvery = 100 * time.Millisecond

// awaitTable asks for a table's description until it is as wanted.
func (c *C) awaitTable(table string, ready func(d *types.TableDescription) bool) {
	for range tableReadyWait / pollEvery {
		answer, err := c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
		c.must(err)
		if ready(answer.Table) {
			return
		}
		time.Sleep(pollEvery)
	}
	c.Fatalf("the table did not become ready")
}

func backfillChecks(s *Suite) {
	const items = 30
	fill := func(c *C) string {
		table := c.ownTable(tableSpec{hash: "pk S"})
		for i := range items {
			one := item(fmt.Sprintf(`{"pk":"p%02d","n":%d}`, i, i))
			switch i % 3 {
			case 0:
				one["gpk"] = S("third")
			case 1:
				one["gpk"] = N("5") // not of the index's type: stays out of it
			}
			c.put(table, one)
		}
		return table
	}
	byIndex := func(c *C, table string) (*dynamodb.QueryOutput, error) {
		return c.DB.Query(c.ctx, &dynamodb.QueryInput{
			TableName: aws.String(table), IndexName: aws.String("later"),
			KeyConditionExpression: aws.String("gpk = :h"), ExpressionAttributeValues: item(`{":h":"third"}`),
		})
	}
	s.check("new index holds old items", func(c *C) {
		table := fill(c)
		c.addIndex(table, "later")
		answer, err := byIndex(c, table)
		c.must(err)
		c.sameInt("items", len(answer.Items), items/3)
		scanned, err := c.DB.Scan(c.ctx, &dynamodb.ScanInput{TableName: aws.String(table), IndexName: aws.String("later")})
		c.must(err)
		c.sameInt("entries", len(scanned.Items), items/3)
	})
	s.check("new index follows new writes", func(c *C) {
		table := fill(c)
		c.addIndex(table, "later")
		c.put(table, item(`{"pk":"new","gpk":"third"}`))
		c.remove(table, item(`{"pk":"p00"}`))
		c.put(table, item(`{"pk":"p03"}`))
		answer, err := byIndex(c, table)
		c.must(err)
		c.sameInt("items", len(answer.Items), items/3-1)
	})
	s.check("dropped index is unknown", func(c *C) {
		table := fill(c)
		c.addIndex(table, "later")
		c.dropIndex(table, "later")
		_, err := byIndex(c, table)
		c.wantError(err, validation)
		c.put(table, item(`{"pk":"free","gpk":5}`)) // its key types bind no longer
	})
	s.check("index added again is filled again", func(c *C) {
		table := fill(c)
		c.addIndex(table, "later")
		c.dropIndex(table, "later")
		c.remove(table, item(`{"pk":"p00"}`))
		c.addIndex(table, "later")
		answer, err := byIndex(c, table)
		c.must(err)
		if got := column(answer.Items, "pk"); strings.Contains(got, "p00") || len(answer.Items) != items/3-1 {
			c.Errorf("the index holds %s", got)
		}
	})
	backfillErrorChecks(s)
}

func backfillErrorChecks(s *Suite) {
	create := func(name, attribute string) []types.GlobalSecondaryIndexUpdate {
		return []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName:  aws.String(name),
			KeySchema:  []types.KeySchemaElement{{AttributeName: aws.String(attribute), KeyType: types.KeyTypeHash}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}}}
	}
	rows := []struct {
		name, code string
		updates    []types.GlobalSecondaryIndexUpdate
	}{
		{"nothing to update", validation, nil},
		{"index that exists", validation, create("all", "gpk")},
		{"attribute not defined", validation, create("fresh", "undefined")},
		{"drop of no index", notFound, []types.GlobalSecondaryIndexUpdate{
			{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("no-such-index")}},
		}},
	}
	for _, row := range rows {
		s.check("refused "+row.name, func(c *C) {
			table := c.table(indexedTable)
			_, err := c.DB.UpdateTable(c.ctx, &dynamodb.UpdateTableInput{TableName: aws.String(table), GlobalSecondaryIndexUpdates: row.updates})
			c.wantError(err, row.code)
		})
	}
	s.check("refused unknown table", func(c *C) {
		_, err := c.DB.UpdateTable(c.ctx, &dynamodb.UpdateTableInput{
			TableName: aws.String("ddbtest-no-such-table"), GlobalSecondaryIndexUpdates: create("fresh", "gpk"),
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("gpk"), AttributeType: types.ScalarAttributeTypeS}},
		})
		c.wantError(err, notFound)
	})
}
