package ddbtest

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// legacyCondition is a condition of the older form on one key.
func legacyCondition(operator types.ComparisonOperator, values ...types.AttributeValue) types.Condition {
	return types.Condition{ComparisonOperator: operator, AttributeValueList: values}
}

// legacyChecks query by KeyConditions, the older form that guregu/dynamo
// sends even beside a filter or projection expression.
func legacyChecks(s *Suite) {
	rows := []struct {
		name, want, code string
		sort             types.Condition
	}{
		{"equal", "b", "", legacyCondition("EQ", S("b"))},
		{"less", "a b ba", "", legacyCondition("LT", S("bb"))},
		{"less equal", "a b ba bb", "", legacyCondition("LE", S("bb"))},
		{"greater", "c d e", "", legacyCondition("GT", S("bb"))},
		{"greater equal", "bb c d e", "", legacyCondition("GE", S("bb"))},
		{"begins with", "b ba bb", "", legacyCondition("BEGINS_WITH", S("b"))},
		{"between", "b ba bb c", "", legacyCondition("BETWEEN", S("b"), S("c"))},
		{"unequal", "", validation, legacyCondition("NE", S("b"))},
		{"contains", "", validation, legacyCondition("CONTAINS", S("b"))},
		{"in", "", validation, legacyCondition("IN", S("b"))},
		{"not null", "", validation, legacyCondition("NOT_NULL")},
		{"unknown operator", "", validation, legacyCondition("LIKE", S("b"))},
		{"too few values", "", validation, legacyCondition("BETWEEN", S("b"))},
		{"too many values", "", validation, legacyCondition("EQ", S("b"), S("c"))},
		{"wrong type", "", validation, legacyCondition("EQ", N("1"))},
	}
	for _, row := range rows {
		s.check("sort key "+row.name, func(c *C) {
			answer, err := c.legacyQuery(func(q *dynamodb.QueryInput) { q.KeyConditions["sk"] = row.sort })
			c.wantError(err, row.code)
			if err == nil {
				c.same("sort keys", column(answer.Items, "sk"), row.want)
			}
		})
	}
	s.check("partition alone", func(c *C) {
		answer, err := c.legacyQuery(nil)
		c.must(err)
		c.same("sort keys", column(answer.Items, "sk"), "a b ba bb c d e")
	})
	s.check("with a filter", func(c *C) {
		answer, err := c.legacyQuery(func(q *dynamodb.QueryInput) {
			q.FilterExpression, q.ExpressionAttributeValues = aws.String("a = :a"), item(`{":a":"xc"}`)
		})
		c.wantError(err, "")
		if err == nil {
			c.same("sort keys", column(answer.Items, "sk"), "c")
			c.sameInt("scanned", int(answer.ScannedCount), 7)
		}
	})
	s.check("with a projection", func(c *C) {
		answer, err := c.legacyQuery(func(q *dynamodb.QueryInput) {
			q.ProjectionExpression, q.ExpressionAttributeNames = aws.String("#a"), names("#a=a")
		})
		c.wantError(err, "")
		if err == nil {
			c.same("items", strings.ReplaceAll(showAll(answer.Items[:2]), "\n", " "), `{"a":"xa"} {"a":"xb"}`)
		}
	})
	s.check("with a filter and a projection", func(c *C) {
		answer, err := c.legacyQuery(func(q *dynamodb.QueryInput) {
			q.KeyConditions["sk"] = legacyCondition("BEGINS_WITH", S("b"))
			q.FilterExpression, q.ExpressionAttributeValues = aws.String("a <> :a"), item(`{":a":"xb"}`)
			q.ProjectionExpression = aws.String("sk")
		})
		c.wantError(err, "")
		if err == nil {
			c.same("sort keys", column(answer.Items, "sk"), "ba bb")
		}
	})
	s.check("pages backwards", func(c *C) {
		answer, err := c.legacyQuery(func(q *dynamodb.QueryInput) {
			q.ScanIndexForward, q.Limit, q.ExclusiveStartKey = aws.Bool(false), aws.Int32(2), Item{"pk": c.key(), "sk": S("c")}
		})
		c.must(err)
		c.same("sort keys", column(answer.Items, "sk"), "bb ba")
	})
	s.check("on an index", func(c *C) {
		c.put(c.table(indexedTable), with(c.own(`{"sk":"1","gsk":"g"}`), "gpk", c.key()))
		answer, err := c.DB.Query(c.ctx, &dynamodb.QueryInput{
			TableName: aws.String(c.table(indexedTable)), IndexName: aws.String("all"),
			KeyConditions: map[string]types.Condition{"gpk": legacyCondition("EQ", c.key()), "gsk": legacyCondition("GE", S("f"))},
		})
		c.must(err)
		c.sameInt("items", len(answer.Items), 1)
	})
	legacyErrorChecks(s)
}

// legacyQuery queries the letters of the check's partition the older way.
func (c *C) legacyQuery(change func(q *dynamodb.QueryInput)) (*dynamodb.QueryOutput, error) {
	request := &dynamodb.QueryInput{
		TableName:     aws.String(c.lettersTable()),
		KeyConditions: map[string]types.Condition{"pk": legacyCondition("EQ", c.key())},
	}
	if change != nil {
		change(request)
	}
	return c.DB.Query(c.ctx, request)
}

func legacyErrorChecks(s *Suite) {
	rows := []struct {
		name   string
		change func(q *dynamodb.QueryInput)
	}{
		{"both forms of key condition", func(q *dynamodb.QueryInput) {
			q.KeyConditionExpression, q.ExpressionAttributeValues = aws.String("pk = :p"), item(`{":p":"x"}`)
		}},
		{"no partition", func(q *dynamodb.QueryInput) {
			q.KeyConditions = map[string]types.Condition{"sk": legacyCondition("EQ", S("b"))}
		}},
		{"partition not equal", func(q *dynamodb.QueryInput) { q.KeyConditions["pk"] = legacyCondition("GT", S("b")) }},
		{"other attribute", func(q *dynamodb.QueryInput) { q.KeyConditions["a"] = legacyCondition("EQ", S("b")) }},
		{"none", func(q *dynamodb.QueryInput) { q.KeyConditions = map[string]types.Condition{} }},
	}
	for _, row := range rows {
		s.check("refused "+row.name, func(c *C) {
			_, err := c.legacyQuery(row.change)
			c.wantError(err, validation)
		})
	}
}
