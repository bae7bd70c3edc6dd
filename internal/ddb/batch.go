package ddb

import (
	"context"
	"errors"
	"strconv"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

const (
	batchGetMax      = 100
	batchGetBytesMax = 16 << 20
	batchWriteMax    = 25
	batchWriteBytes  = 16 << 20
)

// tableKeys is a table's part of a BatchGetItem.
type tableKeys struct {
	q    *request
	keys []attr.Item
}

// batchGet reads items by their keys, each for itself.
func (e *Engine) batchGet(_ context.Context, body string) ([]byte, error) {
	var parts []tableKeys
	var capacity text
	r := wire.NewReader(body)
	for r.OpenObject(); r.Next('}'); {
		switch r.Key() {
		case "RequestItems":
			for r.OpenObject(); r.Next('}'); {
				name := r.Key()
				parts = append(parts, readTableKeys(r, name))
			}
		case "ReturnConsumedCapacity":
			capacity = text{r.String(), true}
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return nil, err
	}
	n := 0
	for _, p := range parts {
		n += len(p.keys)
	}
	switch {
	case n == 0:
		return nil, constraint("'{}'", "requestItems", "Member must have length greater than or equal to 1")
	case n > batchGetMax:
		return nil, awserr.Validation("Too many items requested for the BatchGetItem call")
	}
	return e.answerBatchGet(parts, capacity.s)
}

func readTableKeys(r *wire.Reader, name string) tableKeys {
	p := tableKeys{q: &request{table: tableName(name)}}
	for r.OpenObject(); r.Next('}'); {
		k := r.Key()
		if k != "Keys" {
			p.q.field(r, k)
			continue
		}
		for r.OpenArray(); r.Next(']'); {
			p.keys = append(p.keys, attr.ReadItem(r))
		}
	}
	p.q.table = tableName(name)
	return p
}

// reads makes the reads of a table's part.
func (p *tableKeys) reads(e *Engine) ([]*read, error) {
	if err := checkTableName(p.q.table); err != nil {
		return nil, err
	}
	projection, err := p.q.readProjection()
	if err != nil {
		return nil, err
	}
	tab, err := e.cat.Load().table(p.q.table)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var out []*read
	for _, key := range p.keys {
		if err := tab.checkKey(key); err != nil {
			return nil, err
		}
		rd := &read{tab: tab, key: tab.itemKey(key), projection: projection}
		if seen[string(rd.key)] {
			return nil, awserr.Validation("Provided list of item keys contains duplicates")
		}
		seen[string(rd.key)] = true
		out = append(out, rd)
	}
	return out, nil
}

func (e *Engine) answerBatchGet(parts []tableKeys, capacity string) ([]byte, error) {
	all := make([][]*read, len(parts))
	for i := range parts {
		var err error
		if all[i], err = parts[i].reads(e); err != nil {
			return nil, err
		}
	}
	out := []byte(`{"Responses":{`)
	left := []byte(`{`)
	var use usage
	bytes := 0
	for i, reads := range all {
		out = append(wire.AppendKey(out, parts[i].q.table), '[')
		for k, rd := range reads {
			if bytes >= batchGetBytesMax {
				left = parts[i].appendLeft(left, k)
				break
			}
			if err := rd.fetch(e.db); err != nil {
				return nil, err
			}
			bytes += rd.size()
			use.of(rd.tab).read += readUnits(rd.size(), parts[i].q.consistent)
			if rd.row == "" {
				continue
			}
			var err error
			if out, err = appendRow(wire.AppendComma(out), rd.row, rd.projection); err != nil {
				return nil, err
			}
		}
		out = append(out, ']')
	}
	out = append(out, `},"UnprocessedKeys":`...)
	out = append(append(out, left...), '}')
	out = use.appendAll(out, capacity, false)
	return append(out, '}'), nil
}

// appendLeft appends what of a table's part was not processed.
func (p *tableKeys) appendLeft(out []byte, from int) []byte {
	out = append(wire.AppendKey(out, p.q.table), `{"Keys":[`...)
	for _, k := range p.keys[from:] {
		out = k.AppendJSON(wire.AppendComma(out))
	}
	out = append(out, ']')
	if p.q.consistent {
		out = append(out, `,"ConsistentRead":true`...)
	}
	if p.q.projection.set {
		out = wire.AppendString(wire.AppendKey(out, "ProjectionExpression"), p.q.projection.s)
	}
	if p.q.scope.HasNames() {
		out = append(wire.AppendKey(out, "ExpressionAttributeNames"), '{')
		p.q.scope.EachName(func(key, name string) {
			out = wire.AppendString(wire.AppendKey(out, key), name)
		})
		out = append(out, '}')
	}
	return append(out, '}')
}

// batchWrite puts and deletes items. The store does all of them or none, which
// is one of the outcomes that AWS allows.
func (e *Engine) batchWrite(ctx context.Context, body string) ([]byte, error) {
	var parts []*request
	var kinds []writeKind
	var capacity, metrics text
	r := wire.NewReader(body)
	for r.OpenObject(); r.Next('}'); {
		switch r.Key() {
		case "RequestItems":
			for r.OpenObject(); r.Next('}'); {
				name := tableName(r.Key())
				for r.OpenArray(); r.Next(']'); {
					q, kind := readBatchAction(r)
					q.table = name
					parts, kinds = append(parts, q), append(kinds, kind)
				}
			}
		case "ReturnConsumedCapacity":
			capacity = text{r.String(), true}
		case "ReturnItemCollectionMetrics":
			metrics = text{r.String(), true}
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return nil, err
	}
	switch n := len(parts); {
	case n == 0:
		return nil, constraint("'{}'", "requestItems", "Member must have length greater than or equal to 1")
	case n > batchWriteMax:
		return nil, constraint("'{...}'", "requestItems", "Map value must satisfy constraint: [Member must have length less than or equal to "+strconv.Itoa(batchWriteMax)+", Member must have length greater than or equal to 1]")
	}
	e.ddl.RLock()
	defer e.ddl.RUnlock()
	writes, err := e.batchWrites(parts, kinds)
	if err != nil {
		return nil, err
	}
	return e.answerBatchWrite(ctx, writes, capacity.s, metrics.s)
}

// readBatchAction takes {"PutRequest": {…}} or {"DeleteRequest": {…}}.
func readBatchAction(r *wire.Reader) (*request, writeKind) {
	q, kind, n := &request{}, writePut, 0
	for r.OpenObject(); r.Next('}'); {
		k := r.Key()
		if r.Null() {
			continue
		}
		switch k {
		case "PutRequest":
			q.read(r)
		case "DeleteRequest":
			kind = writeDelete
			q.read(r)
		default:
			r.Skip()
			continue
		}
		n++
	}
	if n != 1 {
		r.Fail(awserr.Validation("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"))
	}
	return q, kind
}

func (e *Engine) batchWrites(parts []*request, kinds []writeKind) ([]*write, error) {
	seen := map[string]bool{}
	var writes []*write
	bytes := 0
	for i, q := range parts {
		w, err := e.newWrite(q, kinds[i])
		if err != nil {
			return nil, err
		}
		if seen[string(w.key)] {
			return nil, awserr.Validation("Provided list of item keys contains duplicates")
		}
		seen[string(w.key)] = true
		if bytes += len(w.newRow); bytes > batchWriteBytes {
			return nil, awserr.Validation("Request size exceeds 16 MB")
		}
		writes = append(writes, w)
	}
	return writes, nil
}

func (e *Engine) answerBatchWrite(ctx context.Context, writes []*write, capacity, metrics string) ([]byte, error) {
	left := []byte(`{`)
	err := e.run(ctx, writes)
	var refused *awserr.Error
	switch {
	case errors.As(err, &refused) && refused.Type == awserr.TypeConflict:
		left = appendUnprocessed(left, writes)
	case err != nil:
		return nil, err
	}
	out := append([]byte(`{"UnprocessedItems":`), left...)
	out = append(out, '}')
	var use usage
	for _, w := range writes {
		use.write(w, false)
	}
	out = use.appendAll(out, capacity, false)
	if metrics == "SIZE" {
		out = appendCollections(out, writes)
	}
	return append(out, '}'), nil
}

// byTable calls f with the writes of each table in turn.
func byTable(writes []*write, f func(name string, ws []*write)) {
	var names []string
	of := map[string][]*write{}
	for _, w := range writes {
		if of[w.tab.Name] == nil {
			names = append(names, w.tab.Name)
		}
		of[w.tab.Name] = append(of[w.tab.Name], w)
	}
	for _, n := range names {
		f(n, of[n])
	}
}

// appendUnprocessed appends writes for the caller to send again.
func appendUnprocessed(out []byte, writes []*write) []byte {
	byTable(writes, func(name string, ws []*write) {
		out = append(wire.AppendKey(out, name), '[')
		for _, w := range ws {
			out = wire.AppendComma(out)
			if w.kind == writePut {
				out = w.item.AppendJSON(append(out, `{"PutRequest":{"Item":`...))
			} else {
				out = w.item.AppendJSON(append(out, `{"DeleteRequest":{"Key":`...))
			}
			out = append(out, '}', '}')
		}
		out = append(out, ']')
	})
	return out
}

// appendCollections appends the item collections that the writes belong to.
func appendCollections(out []byte, writes []*write) []byte {
	out = append(wire.AppendKey(out, "ItemCollectionMetrics"), '{')
	byTable(writes, func(name string, ws []*write) {
		if !ws[0].tab.hasLocal() {
			return
		}
		out = append(wire.AppendKey(out, name), '[')
		for _, w := range ws {
			out = w.appendCollection(wire.AppendComma(out))
		}
		out = append(out, ']')
	})
	return append(out, '}')
}
