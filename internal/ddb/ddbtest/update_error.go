package ddbtest

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// updateErrorRow is an update that is refused and leaves the item as it was.
type updateErrorRow struct {
	name     string
	before   string
	expr     string
	names    string
	values   string
	fragment string
	dynamic  bool // the item's content is to blame, not the expression alone
	schema   bool // the table's keys are to blame, not the expression alone
}

var updateErrorRows = []updateErrorRow{
	{name: "empty expression", expr: " ", fragment: "Invalid UpdateExpression"},
	{name: "no clause", expr: "a = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "two set clauses", expr: "SET a = :v SET b = :v", values: `{":v":1}`, fragment: "can only be used once"},
	{name: "trailing comma", expr: "SET a = :v,", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "chained arithmetic", expr: "SET a = a + :v + :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "multiplication", expr: "SET a = a * :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "set a value", expr: "SET :v = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "add a path", expr: "ADD a b", fragment: "Syntax error"},
	{name: "add with equals", expr: "ADD a = :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "remove with value", expr: "REMOVE a :v", values: `{":v":1}`, fragment: "Syntax error"},
	{name: "reserved word", expr: "SET name = :v", values: `{":v":1}`, fragment: "reserved keyword"},
	{name: "reserved word in remove", expr: "REMOVE a.size", fragment: "reserved keyword"},
	{name: "value not defined", expr: "SET a = :v", fragment: "is not defined"},
	{name: "value not used", expr: "SET a = :v", values: `{":v":1,":w":1}`, fragment: "unused in expressions"},
	{name: "name not defined", expr: "SET #a = :v", values: `{":v":1}`, fragment: "is not defined"},
	{name: "name not used", expr: "SET a = :v", names: "#b=b", values: `{":v":1}`, fragment: "unused in expressions"},
	{name: "condition function", expr: "SET a = size(b)", fragment: "not allowed"},
	{name: "unknown function", expr: "SET a = upper(b)", fragment: "Invalid function name"},
	{name: "if not exists of a value", expr: "SET a = if_not_exists(:v, :v)", values: `{":v":1}`},
	{name: "one operand", expr: "SET a = list_append(a)", fragment: "Incorrect number of operands"},
	{name: "same path twice", expr: "SET a = :v, a = :w", values: `{":v":1,":w":2}`, fragment: "overlap"},
	{name: "same path in two clauses", expr: "SET a = :v REMOVE a", values: `{":v":1}`, fragment: "overlap"},
	{name: "path and its parent", expr: "SET m.a = :v, m = :v", values: `{":v":1}`, fragment: "overlap"},
	{name: "path and its child element", expr: "SET l = :v REMOVE l[0]", values: `{":v":[1]}`, fragment: "overlap"},
	{name: "map and list of one path", expr: "SET m.a = :v, m[0] = :v", values: `{":v":1}`, fragment: "conflict"},
	{name: "key attribute", expr: "SET pk = :v", values: `{":v":"x"}`, fragment: "part of the key", schema: true},
	{name: "remove key attribute", expr: "REMOVE pk", fragment: "part of the key", schema: true},
	{name: "add text", expr: "ADD a :v", values: `{":v":"x"}`, fragment: "Incorrect operand type"},
	{name: "add list", expr: "ADD a :v", values: `{":v":[1]}`, fragment: "Incorrect operand type"},
	{name: "delete number", expr: "DELETE a :v", values: `{":v":1}`, fragment: "Incorrect operand type"},
	{name: "plus text", expr: "SET a = a + :v", values: `{":v":"x"}`, fragment: "Incorrect operand type"},
	{name: "append number", expr: "SET l = list_append(l, :v)", values: `{":v":1}`, fragment: "Incorrect operand type"},
	{name: "add number to text", before: `{"a":"x"}`, expr: "ADD a :v", values: `{":v":1}`, fragment: "incorrect data type", dynamic: true},
	{name: "add number to set", before: `{"a":{"$ns":[1]}}`, expr: "ADD a :v", values: `{":v":1}`, fragment: "incorrect data type", dynamic: true},
	{name: "add set to number", before: `{"a":1}`, expr: "ADD a :v", values: `{":v":{"$ns":[1]}}`, fragment: "incorrect data type", dynamic: true},
	{name: "add set of another type", before: `{"a":{"$ns":[1]}}`, expr: "ADD a :v", values: `{":v":{"$ss":["1"]}}`, fragment: "incorrect data type", dynamic: true},
	{name: "delete set of another type", before: `{"a":{"$ns":[1]}}`, expr: "DELETE a :v", values: `{":v":{"$ss":["1"]}}`, fragment: "incorrect data type", dynamic: true},
	{name: "delete from text", before: `{"a":"x"}`, expr: "DELETE a :v", values: `{":v":{"$ss":["1"]}}`, fragment: "incorrect data type", dynamic: true},
	{name: "plus on text", before: `{"a":"x"}`, expr: "SET a = a + :v", values: `{":v":1}`, fragment: "incorrect data type", dynamic: true},
	{name: "append to text", before: `{"a":"x"}`, expr: "SET a = list_append(a, :v)", values: `{":v":[1]}`, fragment: "incorrect data type", dynamic: true},
	{name: "plus on absent", before: `{}`, expr: "SET a = a + :v", values: `{":v":1}`, fragment: "does not exist in the item", dynamic: true},
	{name: "set from absent", before: `{}`, expr: "SET a = b", fragment: "does not exist in the item", dynamic: true},
	{name: "append to absent", before: `{}`, expr: "SET a = list_append(a, :v)", values: `{":v":[1]}`, fragment: "does not exist in the item", dynamic: true},
	{name: "set in absent map", before: `{}`, expr: "SET m.a = :v", values: `{":v":1}`, fragment: "document path", dynamic: true},
	{name: "set in absent list", before: `{}`, expr: "SET l[0] = :v", values: `{":v":1}`, fragment: "document path", dynamic: true},
	{name: "set through text", before: `{"a":"x"}`, expr: "SET a.b = :v", values: `{":v":1}`, fragment: "document path", dynamic: true},
	{name: "set element of map", before: `{"a":{}}`, expr: "SET a[0] = :v", values: `{":v":1}`, fragment: "document path", dynamic: true},
	{name: "set member of list", before: `{"a":[]}`, expr: "SET a.b = :v", values: `{":v":1}`, fragment: "document path", dynamic: true},
	{name: "remove in absent map", before: `{}`, expr: "REMOVE m.a", fragment: "document path", dynamic: true},
	{name: "number too large", before: `{"a":9e125}`, expr: "SET a = a + :v", values: `{":v":9e125}`, dynamic: true},
}

// updateErrorChecks runs every row as an update and as an update in a
// transaction, where what the item is to blame for is a reason to cancel.
func updateErrorChecks(s *Suite) {
	for _, row := range updateErrorRows {
		if row.before == "" {
			row.before = `{"a":1,"m":{"a":1},"l":[1]}`
		}
		s.check(row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(row.before))
			before := c.get(table, Item{"pk": c.key()})
			_, err := c.DB.UpdateItem(c.ctx, c.updateRequest(table, row.expr, row.names, row.values))
			c.wantError(err, validation, row.fragment)
			c.same("stored item", show(c.get(table, Item{"pk": c.key()})), show(before))
		})
		s.check("transact "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(row.before))
			before := c.get(table, Item{"pk": c.key()})
			err := c.transact(types.TransactWriteItem{Update: &types.Update{
				TableName: aws.String(table), Key: Item{"pk": c.key()}, UpdateExpression: aws.String(row.expr),
				ExpressionAttributeNames: names(row.names), ExpressionAttributeValues: item(row.values),
			}})
			if row.dynamic || row.schema && Reasons(err) != nil {
				c.wantError(err, cancelled)
				c.same("reasons", join(Reasons(err)), "ValidationError")
			} else {
				c.wantError(err, validation, row.fragment)
			}
			c.same("stored item", show(c.get(table, Item{"pk": c.key()})), show(before))
		})
	}
}
