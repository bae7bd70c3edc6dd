package ddb

import (
	"context"
	"errors"
	"strconv"

	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

const (
	// batchWriteMax and batchWriteBytesMax bound a BatchWriteItem.
	batchWriteMax      = 25
	batchWriteBytesMax = 16 << 20
)

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
		if bytes += len(w.newRow); bytes > batchWriteBytesMax {
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
