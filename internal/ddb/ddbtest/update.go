package ddbtest

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// updateRow is one update expression: the item before, and after.
type updateRow struct {
	name   string
	before string
	expr   string
	names  string
	values string
	after  string
}

var updateRows = []updateRow{
	{name: "set new", before: `{}`, expr: "SET a = :v", values: `{":v":1}`, after: `{"a":1}`},
	{name: "set replaces type", before: `{"a":"x"}`, expr: "SET a = :v", values: `{":v":[1]}`, after: `{"a":[1]}`},
	{name: "set several", before: `{}`, expr: "SET a = :v, b = :w, c = :v", values: `{":v":1,":w":2}`, after: `{"a":1,"b":2,"c":1}`},
	{name: "set from attribute", before: `{"a":1}`, expr: "SET b = a", after: `{"a":1,"b":1}`},
	{name: "set swaps", before: `{"a":1,"b":2}`, expr: "SET a = b, b = a", after: `{"a":2,"b":1}`},
	{name: "set plus", before: `{"a":1}`, expr: "SET a = a + :v", values: `{":v":0.5}`, after: `{"a":1.5}`},
	{name: "set minus", before: `{"a":1}`, expr: "SET a = a - :v", values: `{":v":3}`, after: `{"a":-2}`},
	{name: "set value minus attribute", before: `{"a":1}`, expr: "SET a = :v - a", values: `{":v":3}`, after: `{"a":2}`},
	{name: "set sum of attributes", before: `{"a":1,"b":2}`, expr: "SET c = a + b", after: `{"a":1,"b":2,"c":3}`},
	{name: "set exact decimals", before: `{"a":0.1}`, expr: "SET a = a + :v", values: `{":v":0.2}`, after: `{"a":0.3}`},
	{name: "set exact 38 digits", before: `{"a":99999999999999999999999999999999999998}`, expr: "SET a = a + :v", values: `{":v":1}`,
		after: `{"a":99999999999999999999999999999999999999}`},
	{name: "set to zero", before: `{"a":7}`, expr: "SET a = a - :v", values: `{":v":7}`, after: `{"a":0}`},
	{name: "if not exists absent", before: `{}`, expr: "SET a = if_not_exists(a, :v)", values: `{":v":1}`, after: `{"a":1}`},
	{name: "if not exists present", before: `{"a":5}`, expr: "SET a = if_not_exists(a, :v)", values: `{":v":1}`, after: `{"a":5}`},
	{name: "if not exists of another", before: `{"b":5}`, expr: "SET a = if_not_exists(b, :v)", values: `{":v":1}`, after: `{"a":5,"b":5}`},
	{name: "if not exists plus", before: `{}`, expr: "SET a = if_not_exists(a, :z) + :v", values: `{":z":0,":v":4}`, after: `{"a":4}`},
	{name: "if not exists in if not exists", before: `{"c":3}`, expr: "SET a = if_not_exists(a, if_not_exists(c, :v))", values: `{":v":1}`, after: `{"a":3,"c":3}`},
	{name: "list append", before: `{"l":[1]}`, expr: "SET l = list_append(l, :v)", values: `{":v":[2,3]}`, after: `{"l":[1,2,3]}`},
	{name: "list prepend", before: `{"l":[1]}`, expr: "SET l = list_append(:v, l)", values: `{":v":[2,3]}`, after: `{"l":[2,3,1]}`},
	{name: "list append to absent", before: `{}`, expr: "SET l = list_append(if_not_exists(l, :e), :v)", values: `{":e":[],":v":[2]}`, after: `{"l":[2]}`},
	{name: "list append two values", before: `{}`, expr: "SET l = list_append(:v, :v)", values: `{":v":[2]}`, after: `{"l":[2,2]}`},
	{name: "set nested", before: `{"m":{"a":1}}`, expr: "SET m.b = :v", values: `{":v":2}`, after: `{"m":{"a":1,"b":2}}`},
	{name: "set nested replaces", before: `{"m":{"a":{"b":[1,{"c":2}]}}}`, expr: "SET m.a.b[1].c = :v", values: `{":v":3}`, after: `{"m":{"a":{"b":[1,{"c":3}]}}}`},
	{name: "set list element", before: `{"l":[1,2,3]}`, expr: "SET l[1] = :v", values: `{":v":9}`, after: `{"l":[1,9,3]}`},
	{name: "set past the end appends", before: `{"l":[1]}`, expr: "SET l[7] = :v", values: `{":v":9}`, after: `{"l":[1,9]}`},
	{name: "set two past the end", before: `{"l":[1]}`, expr: "SET l[9] = :v, l[5] = :w", values: `{":v":9,":w":5}`, after: `{"l":[1,5,9]}`},
	{name: "set with name", before: `{}`, expr: "SET #n = :v", names: "#n=name", values: `{":v":1}`, after: `{"name":1}`},
	{name: "set name with a dot", before: `{"m":{"n":1}}`, expr: "SET #n = :v", names: "#n=m.n", values: `{":v":2}`, after: `{"m":{"n":1},"m.n":2}`},
	{name: "set null bool binary", before: `{}`, expr: "SET a = :a, b = :b, c = :c", values: `{":a":null,":b":false,":c":{"$b":"x"}}`, after: `{"a":null,"b":false,"c":{"$b":"x"}}`},
	{name: "set empty text", before: `{"a":1}`, expr: "SET a = :a", values: `{":a":""}`, after: `{"a":""}`},
	{name: "set sees the item before", before: `{"a":1}`, expr: "SET a = a + :v, b = a", values: `{":v":1}`, after: `{"a":2,"b":1}`},
	{name: "remove", before: `{"a":1,"b":2}`, expr: "REMOVE a", after: `{"b":2}`},
	{name: "remove several", before: `{"a":1,"b":2,"c":3}`, expr: "REMOVE a, c", after: `{"b":2}`},
	{name: "remove absent", before: `{"a":1}`, expr: "REMOVE b", after: `{"a":1}`},
	{name: "remove nested", before: `{"m":{"a":1,"b":2}}`, expr: "REMOVE m.a", after: `{"m":{"b":2}}`},
	{name: "remove last of map", before: `{"m":{"a":1}}`, expr: "REMOVE m.a", after: `{"m":{}}`},
	{name: "remove list element", before: `{"l":[1,2,3]}`, expr: "REMOVE l[1]", after: `{"l":[1,3]}`},
	{name: "remove list elements", before: `{"l":[0,1,2,3,4]}`, expr: "REMOVE l[1], l[3]", after: `{"l":[0,2,4]}`},
	{name: "remove list elements backwards", before: `{"l":[0,1,2,3,4]}`, expr: "REMOVE l[3], l[1]", after: `{"l":[0,2,4]}`},
	{name: "remove past the end", before: `{"l":[1]}`, expr: "REMOVE l[4]", after: `{"l":[1]}`},
	{name: "set and remove elements", before: `{"l":[1,2,3]}`, expr: "SET l[1] = :v REMOVE l[0]", values: `{":v":9}`, after: `{"l":[9,3]}`},
	{name: "set past the end and remove", before: `{"l":[1,2]}`, expr: "SET l[9] = :v REMOVE l[0]", values: `{":v":9}`, after: `{"l":[2,9]}`},
	{name: "set from removed", before: `{"a":1}`, expr: "SET b = a REMOVE a", after: `{"b":1}`},
	{name: "add to absent", before: `{}`, expr: "ADD a :v", values: `{":v":5}`, after: `{"a":5}`},
	{name: "add to number", before: `{"a":1}`, expr: "ADD a :v", values: `{":v":5}`, after: `{"a":6}`},
	{name: "add negative", before: `{"a":1}`, expr: "ADD a :v", values: `{":v":-5}`, after: `{"a":-4}`},
	{name: "add nested", before: `{"m":{"a":1}}`, expr: "ADD m.a :v", values: `{":v":5}`, after: `{"m":{"a":6}}`},
	{name: "add set to absent", before: `{}`, expr: "ADD a :v", values: `{":v":{"$ss":["x"]}}`, after: `{"a":{"$ss":["x"]}}`},
	{name: "add to string set", before: `{"a":{"$ss":["x","y"]}}`, expr: "ADD a :v", values: `{":v":{"$ss":["y","z"]}}`, after: `{"a":{"$ss":["x","y","z"]}}`},
	{name: "add to number set", before: `{"a":{"$ns":[1]}}`, expr: "ADD a :v", values: `{":v":{"$ns":["1.0","2"]}}`, after: `{"a":{"$ns":[1,2]}}`},
	{name: "add to binary set", before: `{"a":{"$bs":["p"]}}`, expr: "ADD a :v", values: `{":v":{"$bs":["q"]}}`, after: `{"a":{"$bs":["p","q"]}}`},
	{name: "delete from set", before: `{"a":{"$ss":["x","y"]}}`, expr: "DELETE a :v", values: `{":v":{"$ss":["y","z"]}}`, after: `{"a":{"$ss":["x"]}}`},
	{name: "delete number from set", before: `{"a":{"$ns":[1,2]}}`, expr: "DELETE a :v", values: `{":v":{"$ns":["2.0"]}}`, after: `{"a":{"$ns":[1]}}`},
	{name: "delete all of set", before: `{"a":{"$ss":["x"]},"b":1}`, expr: "DELETE a :v", values: `{":v":{"$ss":["x"]}}`, after: `{"b":1}`},
	{name: "delete from absent", before: `{"b":1}`, expr: "DELETE a :v", values: `{":v":{"$ss":["x"]}}`, after: `{"b":1}`},
	{name: "all four clauses", before: `{"a":1,"b":2,"c":3,"d":{"$ss":["x","y"]}}`,
		expr: "SET a = :v REMOVE b ADD c :v DELETE d :s", values: `{":v":10,":s":{"$ss":["x"]}}`, after: `{"a":10,"c":13,"d":{"$ss":["y"]}}`},
	{name: "clauses in any order and case", before: `{"b":2}`, expr: "remove b set a = :v add c :v", values: `{":v":1}`, after: `{"a":1,"c":1}`},
	{name: "nothing", before: `{"a":1}`, expr: "", after: `{"a":1}`},
}

// updateChecks runs every row as an update and as an update in a transaction.
func updateChecks(s *Suite) {
	for _, row := range updateRows {
		s.check(row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(row.before))
			_, err := c.DB.UpdateItem(c.ctx, c.updateRequest(table, row.expr, row.names, row.values))
			c.wantError(err, "")
			c.stored(table, row.after)
		})
		if row.expr == "" {
			continue // a transaction's update has to have an expression
		}
		s.check("transact "+row.name, func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(row.before))
			c.wantError(c.transact(types.TransactWriteItem{Update: &types.Update{
				TableName: aws.String(table), Key: Item{"pk": c.key()}, UpdateExpression: aws.String(row.expr),
				ExpressionAttributeNames: names(row.names), ExpressionAttributeValues: item(row.values),
			}}), "")
			c.stored(table, row.after)
		})
	}
	s.check("creates the item", func(c *C) {
		table := c.table(plainTable)
		c.update(table, "SET a = :v ADD b :v", `{":v":1}`)
		c.stored(table, `{"a":1,"b":1}`)
	})
	s.check("creates a bare item", func(c *C) {
		table := c.table(plainTable)
		c.update(table, "", "")
		c.stored(table, `{}`)
	})
	s.check("remove creates a bare item", func(c *C) {
		table := c.table(plainTable)
		c.update(table, "REMOVE a", "")
		c.stored(table, `{}`)
	})
}
