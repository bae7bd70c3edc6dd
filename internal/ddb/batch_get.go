package ddb

import (
	"context"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

const (
	// batchGetMax and batchGetBytesMax bound an answer of BatchGetItem.
	batchGetMax      = 100
	batchGetBytesMax = 16 << 20
)

// tableKeys is a table's part of a BatchGetItem.
type tableKeys struct {
	q    *request
	keys []attr.Item
}

// batchGet reads items by their keys, each for itself: as with AWS, two items
// of one answer need not be of one moment. transactGet is for that.
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
	p.q.table = tableName(name) // whatever a TableName within says
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
			if bytes >= batchGetBytesMax { // the caller asks again for what is left
				left = parts[i].appendLeft(left, k)
				break
			}
			if err := rd.fetch(e, e.db, parts[i].q.consistent); err != nil {
				return nil, err
			}
			bytes += rd.size()
			// Also for one that is not there: looking costs at least a unit.
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
