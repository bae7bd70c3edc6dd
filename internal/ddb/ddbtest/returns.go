package ddbtest

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// returnRow is an update and what each kind of return value has to show;
// "pk" is left out of the wanted texts and added where whole items return.
type returnRow struct {
	name, before, expr, values string
	updatedOld, updatedNew     string
	allNew                     string
}

var returnRows = []returnRow{
	{name: "set", before: `{"a":1,"b":2}`, expr: "SET a = :v", values: `{":v":9}`,
		updatedOld: `{"a":1}`, updatedNew: `{"a":9}`, allNew: `{"a":9,"b":2}`},
	{name: "set new attribute", before: `{"a":1}`, expr: "SET b = :v", values: `{":v":9}`,
		updatedOld: `{}`, updatedNew: `{"b":9}`, allNew: `{"a":1,"b":9}`},
	{name: "remove", before: `{"a":1,"b":2}`, expr: "REMOVE a",
		updatedOld: `{"a":1}`, updatedNew: `{}`, allNew: `{"b":2}`},
	{name: "set nested", before: `{"m":{"x":1,"y":2}}`, expr: "SET m.x = :v", values: `{":v":9}`,
		updatedOld: `{"m":{"x":1}}`, updatedNew: `{"m":{"x":9}}`, allNew: `{"m":{"x":9,"y":2}}`},
	{name: "add", before: `{"a":1}`, expr: "ADD a :v", values: `{":v":9}`,
		updatedOld: `{"a":1}`, updatedNew: `{"a":10}`, allNew: `{"a":10}`},
	{name: "delete from set", before: `{"s":{"$ss":["x","y"]}}`, expr: "DELETE s :v", values: `{":v":{"$ss":["x"]}}`,
		updatedOld: `{"s":{"$ss":["x","y"]}}`, updatedNew: `{"s":{"$ss":["y"]}}`, allNew: `{"s":{"$ss":["y"]}}`},
	{name: "set to the same", before: `{"a":1}`, expr: "SET a = :v", values: `{":v":1}`,
		updatedOld: `{"a":1}`, updatedNew: `{"a":1}`, allNew: `{"a":1}`},
}

func returnChecks(s *Suite) {
	for _, row := range returnRows {
		wanted := map[types.ReturnValue]string{
			types.ReturnValueNone: "", types.ReturnValueUpdatedOld: row.updatedOld, types.ReturnValueUpdatedNew: row.updatedNew,
			types.ReturnValueAllOld: row.before, types.ReturnValueAllNew: row.allNew,
		}
		for kind, want := range wanted {
			s.check(row.name+" "+string(kind), func(c *C) { c.updateReturns(row, kind, want) })
		}
	}
	for _, kind := range []types.ReturnValue{types.ReturnValueAllOld, types.ReturnValueUpdatedOld} {
		s.check("update of no item "+string(kind), func(c *C) { c.updateReturns(returnRow{expr: "SET a = :v", values: `{":v":9}`}, kind, "{}") })
	}
	s.check("put ALL_OLD", func(c *C) {
		table := c.table(plainTable)
		request := &dynamodb.PutItemInput{TableName: aws.String(table), Item: c.own(`{"a":1}`), ReturnValues: types.ReturnValueAllOld}
		first, err := c.DB.PutItem(c.ctx, request)
		c.must(err)
		c.same("first put", show(orEmpty(first.Attributes)), "{}")
		request.Item = c.own(`{"a":2}`)
		second, err := c.DB.PutItem(c.ctx, request)
		c.must(err)
		c.same("second put", show(second.Attributes), show(c.own(`{"a":1}`)))
	})
	s.check("delete ALL_OLD", func(c *C) {
		table := c.table(plainTable)
		c.put(table, c.own(`{"a":1}`))
		request := &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: Item{"pk": c.key()}, ReturnValues: types.ReturnValueAllOld}
		first, err := c.DB.DeleteItem(c.ctx, request)
		c.must(err)
		c.same("first delete", show(first.Attributes), show(c.own(`{"a":1}`)))
		second, err := c.DB.DeleteItem(c.ctx, request)
		c.must(err)
		c.same("second delete", show(orEmpty(second.Attributes)), "{}")
	})
	returnErrorChecks(s)
}

// updateReturns runs the row's update and compares what comes back.
func (c *C) updateReturns(row returnRow, kind types.ReturnValue, want string) {
	table := c.table(plainTable)
	if row.before != "" {
		c.put(table, c.own(row.before))
	}
	request := c.updateRequest(table, row.expr, "", row.values)
	request.ReturnValues = kind
	answer, err := c.DB.UpdateItem(c.ctx, request)
	c.must(err)
	whole := kind == types.ReturnValueAllOld || kind == types.ReturnValueAllNew
	switch {
	case kind == types.ReturnValueNone:
		c.same("attributes", show(answer.Attributes), "none")
	case whole && row.before != "":
		c.same("attributes", show(answer.Attributes), show(c.own(want)))
	default:
		c.same("attributes", show(orEmpty(answer.Attributes)), tidy(want))
	}
}

// returnErrorChecks asks for kinds of return value that an operation lacks.
func returnErrorChecks(s *Suite) {
	for _, kind := range []types.ReturnValue{types.ReturnValueAllNew, types.ReturnValueUpdatedOld, types.ReturnValueUpdatedNew, "SOME"} {
		s.check("put cannot return "+string(kind), func(c *C) {
			table := c.table(plainTable)
			_, err := c.DB.PutItem(c.ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: c.own(`{}`), ReturnValues: kind})
			c.wantError(err, validation)
			c.stored(table, "")
		})
		s.check("delete cannot return "+string(kind), func(c *C) {
			table := c.table(plainTable)
			c.put(table, c.own(`{}`))
			_, err := c.DB.DeleteItem(c.ctx, &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: Item{"pk": c.key()}, ReturnValues: kind})
			c.wantError(err, validation)
			c.stored(table, "{}")
		})
	}
	s.check("update cannot return SOME", func(c *C) {
		table := c.table(plainTable)
		request := c.updateRequest(table, "SET a = :v", "", `{":v":1}`)
		request.ReturnValues = "SOME"
		_, err := c.DB.UpdateItem(c.ctx, request)
		c.wantError(err, validation)
		c.stored(table, "")
	})
}
