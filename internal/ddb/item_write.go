package ddb

import (
	"context"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/expr"
	"backoffice/internal/ddb/wire"
)

// newWrite makes a write of the parameters of a call or of a transaction's
// action, checked all but for what the item in the store decides.
func (e *Engine) newWrite(q *request, kind writeKind) (*write, error) {
	w := &write{kind: kind, showFailed: q.returnFailed.s == "ALL_OLD"}
	if err := checkTableName(q.table); err != nil {
		return nil, err
	}
	w.item = q.key // all but a put name their item by its key
	name, given := "key", q.hasKey
	if kind == writePut {
		w.item, name, given = q.item, "item", q.hasItem
	}
	if !given {
		return nil, constraint("null", name, "Member must not be null")
	}
	if err := w.parse(q); err != nil {
		return nil, err
	}
	tab, err := e.cat.Load().table(q.table)
	if err != nil {
		return nil, err
	}
	w.tab = tab
	if kind == writePut {
		err = w.checkPut()
	} else {
		err = w.checkKeyed()
	}
	if err != nil {
		return nil, err
	}
	w.key = tab.itemKey(w.item)
	return w, nil
}

// parse reads the expressions.
func (w *write) parse(q *request) (err error) {
	if w.kind != writeUpdate { // AWS, too, passes over what the call does not take
		q.update = text{}
	}
	if err := q.scopeAllowed(q.condition, q.update); err != nil {
		return err
	}
	if w.kind == writeCheck && !q.condition.set {
		return constraint("null", "conditionExpression", "Member must not be null")
	}
	if q.update.set {
		if w.update, err = expr.ParseUpdate(q.update.s, &q.scope); err != nil {
			return err
		}
	}
	if q.condition.set {
		if w.cond, err = expr.ParseCondition("ConditionExpression", q.condition.s, &q.scope); err != nil {
			return err
		}
	}
	return q.scope.Check()
}

func (w *write) checkPut() error {
	if err := w.tab.checkItem(w.item); err != nil {
		return err
	}
	size := w.item.Size()
	if size > itemBytesMax {
		return awserr.Validation("Item size has exceeded the maximum allowed size")
	}
	w.newRow = encodeRow(w.item, size)
	return nil
}

func (w *write) checkKeyed() error {
	if err := w.tab.checkKey(w.item); err != nil {
		return err
	}
	if w.update == nil {
		return nil
	}
	for _, name := range w.update.Tops() {
		if w.tab.Keys.has(name) {
			return awserr.Invalid("Cannot update attribute %s. This attribute is part of the key", name)
		}
	}
	return nil
}

func (e *Engine) putItem(ctx context.Context, body string) ([]byte, error) {
	return e.writeItem(ctx, body, writePut)
}

func (e *Engine) deleteItem(ctx context.Context, body string) ([]byte, error) {
	return e.writeItem(ctx, body, writeDelete)
}

func (e *Engine) updateItem(ctx context.Context, body string) ([]byte, error) {
	return e.writeItem(ctx, body, writeUpdate)
}

// writeItem is PutItem, DeleteItem and UpdateItem.
func (e *Engine) writeItem(ctx context.Context, body string, kind writeKind) ([]byte, error) {
	q, err := readRequest(body)
	if err != nil {
		return nil, err
	}
	if rv := q.returnValues.or("NONE"); kind != writeUpdate && rv != "NONE" && rv != "ALL_OLD" {
		return nil, awserr.Validation("ReturnValues can only be ALL_OLD or NONE")
	}
	e.ddl.RLock()
	defer e.ddl.RUnlock()
	w, err := e.newWrite(q, kind)
	if err != nil {
		return nil, err
	}
	if err := e.run(ctx, []*write{w}); err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, 64), '{')
	if it := w.returned(q.returnValues.s); it != nil {
		out = wire.AppendKey(out, "Attributes")
		out = it.AppendJSON(out)
	}
	var use usage
	use.write(w, false)
	out = use.appendOne(out, q.returnCapacity.s)
	out = appendMetrics(out, q.returnMetrics.s, w)
	return append(out, '}'), nil
}

// returned gives the attributes to answer with, nil for none.
func (w *write) returned(values string) attr.Item {
	var it attr.Item
	switch values {
	case "ALL_OLD":
		it = w.old
	case "ALL_NEW":
		it = w.new
	case "UPDATED_OLD":
		if w.update != nil && w.old != nil {
			it = w.update.Touched(w.old)
		}
	case "UPDATED_NEW":
		if w.update != nil {
			it = w.update.Touched(w.new)
		}
	}
	if len(it) == 0 {
		return nil
	}
	return it
}

// appendMetrics appends an estimate of the item collection, for tables that
// have such collections: those with a local index.
func appendMetrics(out []byte, asked string, w *write) []byte {
	if asked != "SIZE" || !w.tab.hasLocal() {
		return out
	}
	out = wire.AppendKey(out, "ItemCollectionMetrics")
	return w.appendCollection(out)
}

func (w *write) appendCollection(out []byte) []byte {
	hash := w.item.Get(w.tab.Keys.Hash.Name)
	out = append(out, `{"ItemCollectionKey":`...)
	out = attr.Item{{Name: w.tab.Keys.Hash.Name, Value: hash}}.AppendJSON(out)
	return append(out, `,"SizeEstimateRangeGB":[0,1]}`...)
}

func (t *table) hasLocal() bool {
	for _, x := range t.Indexes {
		if x.Local {
			return true
		}
	}
	return false
}
