package ddbtest

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// grammarRow is a condition that is refused for its form, before any item is
// looked at, with words that AWS's message holds.
type grammarRow struct {
	name     string
	expr     string
	names    string
	values   string
	fragment string
}

var grammarRows = []grammarRow{
	{name: "empty", expr: " ", fragment: "Invalid ConditionExpression"},
	{name: "no operator", expr: "a", fragment: "Syntax error"},
	{name: "unfinished comparison", expr: "a =", fragment: "Syntax error"},
	{name: "unfinished and", expr: "a = :v AND", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "double operator", expr: "a == :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "unequal written as in C", expr: "a != :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "open parenthesis", expr: "(a = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "close parenthesis", expr: "a = :v)", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "redundant parentheses", expr: "((a = :v))", values: `{":v":1}`, fragment: "redundant parentheses"},
	{name: "literal number", expr: "a = 1", fragment: "Syntax error"},
	{name: "literal text", expr: "a = 'x'", fragment: "Syntax error"},
	{name: "name starts with digit", expr: "1a = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "dash in name", expr: "a-b = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "negative index", expr: "a[-1] = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "index not a number", expr: "a[:v] = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "path ends in a dot", expr: "a. = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "between without and", expr: "a BETWEEN :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "in without list", expr: "a IN ()", fragment: "Syntax error"},
	{name: "in without parentheses", expr: "a IN :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "reserved word", expr: "name = :v", values: `{":v":1}`, fragment: "reserved keyword"},
	{name: "reserved word in another case", expr: "a = :v AND Status = :v", values: `{":v":1}`, fragment: "reserved keyword"},
	{name: "reserved word nested", expr: "a.comment = :v", values: `{":v":1}`, fragment: "reserved keyword"},
	{name: "unknown function", expr: "lower(a) = :v", values: `{":v":1}`, fragment: "Invalid function name"},
	{name: "function in capitals", expr: "ATTRIBUTE_EXISTS(a)", fragment: "Invalid function name"},
	{name: "update function in a condition", expr: "if_not_exists(a, :v) = :v", values: `{":v":1}`, fragment: "not allowed"},
	{name: "too few operands", expr: "begins_with(a)", fragment: "Incorrect number of operands"},
	{name: "too many operands", expr: "attribute_exists(a, b)", fragment: "Incorrect number of operands"},
	{name: "value not defined", expr: "a = :v", fragment: "attribute value used in expression is not defined"},
	{name: "another value not defined", expr: "a = :v AND b = :w", values: `{":v":1}`, fragment: ":w"},
	{name: "value not used", expr: "a = :v", values: `{":v":1,":w":2}`, fragment: "unused in expressions"},
	{name: "name not defined", expr: "#a = :v", values: `{":v":1}`, fragment: "attribute name used in the document path is not defined"},
	{name: "name not used", expr: "a = :v", names: "#a=a", values: `{":v":1}`, fragment: "unused in expressions"},
	{name: "value without colon", expr: "a = :v", values: `{":v":1,"w":2}`, fragment: "ExpressionAttributeValues contains invalid key"},
	{name: "name without hash", expr: "a = :v", names: "a=a", values: `{":v":1}`, fragment: "ExpressionAttributeNames contains invalid key"},
	{name: "value with a dash", expr: "a = :v", values: `{":v":1,":a-b":2}`, fragment: "ExpressionAttributeValues contains invalid key"},
	{name: "value is an empty set", expr: "a = :v", values: `{":v":{"$ss":[]}}`, fragment: "ExpressionAttributeValues contains invalid value"},
	{name: "value is not a number", expr: "a = :v", values: `{":v":{"$n":"1x"}}`, fragment: "ExpressionAttributeValues contains invalid value"},
	{name: "values without an expression", values: `{":v":1}`, fragment: "can only be specified when using expressions"},
	{name: "names without an expression", names: "#a=a", fragment: "can only be specified when using expressions"},
}

func grammarChecks(s *Suite) {
	for _, row := range grammarRows {
		s.check(row.name, func(c *C) {
			table := c.table(plainTable)
			_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
				TableName: aws.String(table), Item: c.own(`{"a":1}`), ConditionExpression: opt(row.expr),
				ExpressionAttributeNames: names(row.names), ExpressionAttributeValues: item(row.values),
			})
			c.wantError(err, validation, row.fragment)
			c.stored(table, "")
		})
	}
	s.check("expression of nothing", func(c *C) {
		table := c.table(plainTable)
		_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
			TableName: aws.String(table), Item: c.own(`{"a":1}`), ConditionExpression: aws.String(""),
		})
		c.wantError(err, validation, "The expression can not be empty")
		c.stored(table, "")
	})
	s.check("empty values", func(c *C) {
		table := c.table(plainTable)
		_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
			TableName: aws.String(table), Item: c.own(`{"a":1}`),
			ConditionExpression:       aws.String("attribute_not_exists(a)"),
			ExpressionAttributeValues: Item{},
		})
		c.wantError(err, validation, "ExpressionAttributeValues must not be empty")
		c.stored(table, "")
	})
	for _, size := range []struct {
		name  string
		bytes int
		code  string
	}{{"longest expression", expressionBytesMax, ""}, {"too long expression", expressionBytesMax + 1, validation}} {
		s.check(size.name, func(c *C) {
			table := c.table(plainTable)
			expr := "attribute_not_exists(a)"
			expr += strings.Repeat(" ", size.bytes-len(expr))
			_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{
				TableName: aws.String(table), Item: c.own(`{"b":1}`), ConditionExpression: aws.String(expr),
			})
			c.wantError(err, size.code)
		})
	}
	for _, size := range []struct {
		name  string
		count int
		code  string
	}{{"most in operands", inOperandsMax, ""}, {"too many in operands", inOperandsMax + 1, validation}} {
		s.check(size.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(`{"a":1}`))
			request := c.updateRequest(table, "SET b = :v1", "", "")
			request.ExpressionAttributeValues = Item{}
			var operands []string
			for i := 1; i <= size.count; i++ {
				operand := fmt.Sprintf(":v%d", i)
				operands = append(operands, operand)
				request.ExpressionAttributeValues[operand] = N(fmt.Sprint(i))
			}
			request.ConditionExpression = aws.String("a IN (" + strings.Join(operands, ",") + ")")
			_, err := c.DB.UpdateItem(c.ctx, request)
			c.wantError(err, size.code)
		})
	}
}

// The documented limits of an expression.
const (
	expressionBytesMax = 4096
	inOperandsMax      = 100
)
