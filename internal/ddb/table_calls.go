package ddb

import (
	"context"
	"strconv"

	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

// tableShape holds the parameters of the simple calls about tables.
type tableShape struct {
	TableName               string
	ExclusiveStartTableName string
	Limit                   *int64
}

func (e *Engine) describeTable(_ context.Context, body string) ([]byte, error) {
	t, err := e.namedTable(body)
	if err != nil {
		return nil, err
	}
	return append(e.appendTable([]byte(`{"Table":`), t, "ACTIVE"), '}'), nil
}

// namedTable reads a body that names a table.
func (e *Engine) namedTable(body string) (*table, error) {
	var q tableShape
	if err := readShape(body, &q); err != nil {
		return nil, err
	}
	q.TableName = tableName(q.TableName)
	if err := checkTableName(q.TableName); err != nil {
		return nil, err
	}
	return e.cat.Load().described(q.TableName)
}

// deleteTable removes a table; it is gone at once.
func (e *Engine) deleteTable(_ context.Context, body string) ([]byte, error) {
	t, err := e.namedTable(body)
	if err != nil {
		return nil, err
	}
	err = e.define(func(cat *catalog, c *commit) error {
		if t, err = cat.described(t.Name); err != nil {
			return err
		}
		if t.Protected {
			return awserr.Validation("Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.")
		}
		return e.dropTable(cat, c, t)
	})
	if err != nil {
		return nil, err
	}
	return append(e.appendTable([]byte(`{"TableDescription":`), t, "DELETING"), '}'), nil
}

// tablesMax bounds an answer of ListTables.
const tablesMax = 100

func (e *Engine) listTables(_ context.Context, body string) ([]byte, error) {
	var q tableShape
	if err := readShape(body, &q); err != nil {
		return nil, err
	}
	limit := tablesMax
	if q.Limit != nil {
		if n := *q.Limit; n < 1 || n > tablesMax {
			return nil, constraint("'"+strconv.FormatInt(n, 10)+"'", "limit", "Member must have value between 1 and 100")
		}
		limit = int(*q.Limit)
	}
	out := []byte(`{"TableNames":[`)
	n, last := 0, ""
	for _, name := range e.cat.Load().names() {
		if name <= q.ExclusiveStartTableName {
			continue
		}
		if n == limit {
			out = wire.AppendString(wire.AppendKey(append(out, ']'), "LastEvaluatedTableName"), last)
			return append(out, '}'), nil
		}
		n, last = n+1, name
		out = wire.AppendString(wire.AppendComma(out), name)
	}
	return append(out, ']', '}'), nil
}
