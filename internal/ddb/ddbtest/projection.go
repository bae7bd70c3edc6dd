package ddbtest

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// projectionItem is what the rows below take parts of.
const projectionItem = `{"a":1,"b":"two","m":{"k":"v","n":{"x":1,"y":2}},"l":[10,{"p":1,"q":2},[30,31]]}`

var projectionRows = []struct {
	name, expr, names, want, code, fragment string
}{
	{name: "one", expr: "a", want: `{"a":1}`},
	{name: "several", expr: "a, b", want: `{"a":1,"b":"two"}`},
	{name: "absent", expr: "gone", want: `{}`},
	{name: "present and absent", expr: "gone, a", want: `{"a":1}`},
	{name: "nested", expr: "m.k", want: `{"m":{"k":"v"}}`},
	{name: "two nested", expr: "m.k, m.n.y", want: `{"m":{"k":"v","n":{"y":2}}}`},
	{name: "element", expr: "l[2]", want: `{"l":[[30,31]]}`},
	{name: "elements keep their order", expr: "l[2][1], l[0]", want: `{"l":[10,[31]]}`},
	{name: "member of element", expr: "l[1].q", want: `{"l":[{"q":2}]}`},
	{name: "two members of element", expr: "l[1].q, l[1].p", want: `{"l":[{"p":1,"q":2}]}`},
	{name: "element past the end", expr: "l[9]", want: `{}`},
	{name: "nested absent", expr: "m.gone", want: `{}`},
	{name: "through scalar", expr: "a.b", want: `{}`},
	{name: "substitutes", expr: "#m.#n.x", names: "#m=m,#n=n", want: `{"m":{"n":{"x":1}}}`},
	{name: "spaces", expr: "  a ,\n b ", want: `{"a":1,"b":"two"}`},
	{name: "duplicate", expr: "a, a", code: validation, fragment: "overlap"},
	{name: "parent and child", expr: "m, m.k", code: validation, fragment: "overlap"},
	{name: "map and list", expr: "m.k, m[0]", code: validation, fragment: "conflict"},
	{name: "reserved word", expr: "name", code: validation, fragment: "reserved keyword"},
	{name: "syntax", expr: "a b", code: validation, fragment: "Syntax error"},
	{name: "trailing comma", expr: "a,", code: validation, fragment: "Syntax error"},
	{name: "name not defined", expr: "#a", code: validation, fragment: "is not defined"},
	{name: "name not used", expr: "a", names: "#b=b", code: validation, fragment: "unused in expressions"},
	{name: "value", expr: ":a", code: validation, fragment: "Syntax error"},
	{name: "function", expr: "size(a)", code: validation},
}

// projectionChecks reads the same item in every way that can project.
func projectionChecks(s *Suite) {
	for _, row := range projectionRows {
		s.check("get "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(projectionItem))
			answer, err := c.DB.GetItem(c.ctx, &dynamodb.GetItemInput{
				TableName: aws.String(table), Key: Item{"pk": c.key()},
				ProjectionExpression: aws.String(row.expr), ExpressionAttributeNames: names(row.names),
			})
			c.wantError(err, row.code, row.fragment)
			if err == nil {
				c.same("projection", show(orEmpty(answer.Item)), tidy(either(row.want, "{}")))
			}
		})
		s.check("query "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(projectionItem))
			answer, err := c.query(table, func(q *dynamodb.QueryInput) {
				q.ProjectionExpression, q.ExpressionAttributeNames = aws.String(row.expr), names(row.names)
			})
			c.wantError(err, row.code, row.fragment)
			if err == nil {
				c.same("projection", showAll(answer.Items), tidy(either(row.want, "{}")))
			}
		})
		s.check("batch "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(projectionItem))
			answer, err := c.DB.BatchGetItem(c.ctx, &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{table: {
					Keys:                 []Item{{"pk": c.key()}},
					ProjectionExpression: aws.String(row.expr), ExpressionAttributeNames: names(row.names),
				}},
			})
			c.wantError(err, row.code, row.fragment)
			if err == nil {
				c.same("projection", showAll(answer.Responses[table]), tidy(either(row.want, "{}")))
			}
		})
		s.check("transact "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(projectionItem))
			answer, err := c.DB.TransactGetItems(c.ctx, &dynamodb.TransactGetItemsInput{
				TransactItems: []types.TransactGetItem{{Get: &types.Get{
					TableName: aws.String(table), Key: Item{"pk": c.key()},
					ProjectionExpression: aws.String(row.expr), ExpressionAttributeNames: names(row.names),
				}}},
			})
			c.wantError(err, row.code, row.fragment)
			if err == nil {
				c.same("projection", show(orEmpty(answer.Responses[0].Item)), tidy(either(row.want, "{}")))
			}
		})
	}
}

// orEmpty takes no item for an empty one: where a projection leaves nothing,
// stores differ in which of the two they send.
func orEmpty(one Item) Item {
	if one == nil {
		return Item{}
	}
	return one
}
