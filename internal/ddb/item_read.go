package ddb

import (
	"context"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/expr"
	"backoffice/internal/ddb/wire"
)

// read is one read of one item by its key.
type read struct {
	tab        *table
	key        []byte
	projection expr.Projection
	row        string
}

// newRead makes a read of the parameters of a call or of a part of one.
func (e *Engine) newRead(q *request) (*read, error) {
	if err := checkTableName(q.table); err != nil {
		return nil, err
	}
	if !q.hasKey {
		return nil, constraint("null", "key", "Member must not be null")
	}
	projection, err := q.readProjection()
	if err != nil {
		return nil, err
	}
	tab, err := e.cat.Load().table(q.table)
	if err != nil {
		return nil, err
	}
	if err := tab.checkKey(q.key); err != nil {
		return nil, err
	}
	return &read{tab: tab, key: tab.itemKey(q.key), projection: projection}, nil
}

// readProjection reads the projection expression, when it is the only one.
func (q *request) readProjection() (p expr.Projection, err error) {
	if err := q.scopeAllowed(q.projection); err != nil {
		return nil, err
	}
	if q.projection.set {
		if p, err = expr.ParseProjection(q.projection.s, &q.scope); err != nil {
			return nil, err
		}
	}
	return p, q.scope.Check()
}

// fetch reads the row. A consistent read shows nothing that a crash could take
// back: when the item's last change is on its way to the disk, it waits for
// that.
func (rd *read) fetch(e *Engine, from pebble.Reader, consistent bool) (err error) {
	if rd.row, err = getRow(from, rd.key); err != nil {
		return storageError(err)
	}
	if consistent {
		return e.await(e.locks.stripes[e.locks.place(rd.key)].last.Load())
	}
	return nil
}

func (rd *read) size() int {
	n, _ := splitRow(rd.row)
	return n
}

// appendRow appends the JSON of a row's item, cut down to a projection.
func appendRow(out []byte, row string, p expr.Projection) ([]byte, error) {
	_, stored := splitRow(row)
	if p == nil {
		out, err := attr.AppendStoredJSON(out, stored)
		if err != nil {
			return nil, storageError(err)
		}
		return out, nil
	}
	it, err := decodeRow(row)
	if err != nil {
		return nil, err
	}
	return p.Apply(it).AppendJSON(out), nil
}

func (e *Engine) getItem(_ context.Context, body string) ([]byte, error) {
	q, err := readRequest(body)
	if err != nil {
		return nil, err
	}
	rd, err := e.newRead(q)
	if err != nil {
		return nil, err
	}
	if err := rd.fetch(e, e.db, q.consistent); err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, 2*len(rd.row)+64), '{')
	if rd.row != "" {
		out = wire.AppendKey(out, "Item")
		if out, err = appendRow(out, rd.row, rd.projection); err != nil {
			return nil, err
		}
	}
	var use usage
	use.of(rd.tab).read = readUnits(rd.size(), q.consistent)
	out = use.appendOne(out, q.returnCapacity.s)
	return append(out, '}'), nil
}

const (
	transactItemsMax = 100
	transactBytesMax = 4 << 20
)

// transactGet reads items as they were at one moment.
func (e *Engine) transactGet(_ context.Context, body string) ([]byte, error) {
	var parts []*request
	var capacity text
	r := wire.NewReader(body)
	for r.OpenObject(); r.Next('}'); {
		switch r.Key() {
		case "TransactItems":
			for r.OpenArray(); r.Next(']'); {
				parts = append(parts, readGetAction(r))
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
	if n := len(parts); n == 0 || n > transactItemsMax {
		return nil, transactLength(n)
	}
	reads, keys, err := e.newReads(parts)
	if err != nil {
		return nil, err
	}
	if e.opt.ConflictError {
		if conflicts := e.flight.busy(keys); conflicts != nil {
			return nil, conflictReasons(len(keys), conflicts)
		}
	}
	return e.answerTransactGet(reads, capacity.s)
}

func transactLength(n int) error {
	if n == 0 {
		return constraint("'[]'", "transactItems", "Member must have length greater than or equal to 1")
	}
	return constraint("'[...]'", "transactItems", "Member must have length less than or equal to 100")
}

// readGetAction takes {"Get": {…}}.
func readGetAction(r *wire.Reader) *request {
	q := &request{}
	for r.OpenObject(); r.Next('}'); {
		if r.Key() == "Get" {
			q.read(r)
		} else {
			r.Skip()
		}
	}
	return q
}

func (e *Engine) newReads(parts []*request) (reads []*read, keys [][]byte, err error) {
	seen := map[string]bool{}
	for _, q := range parts {
		rd, err := e.newRead(q)
		if err != nil {
			return nil, nil, err
		}
		if seen[string(rd.key)] {
			return nil, nil, awserr.Validation("Transaction request cannot include multiple operations on one item")
		}
		seen[string(rd.key)] = true
		reads, keys = append(reads, rd), append(keys, rd.key)
	}
	return reads, keys, nil
}

func (e *Engine) answerTransactGet(reads []*read, capacity string) ([]byte, error) {
	snap := e.db.NewSnapshot()
	defer snap.Close() //nolint:errcheck // it cannot fail
	out := []byte(`{"Responses":[`)
	var use usage
	total := 0
	for _, rd := range reads {
		if err := rd.fetch(e, snap, true); err != nil {
			return nil, err
		}
		if total += rd.size(); total > transactBytesMax {
			return nil, awserr.Validation("Transaction request exceeds the maximum size of 4 MB")
		}
		out = append(wire.AppendComma(out), '{')
		if rd.row != "" {
			var err error
			if out, err = appendRow(wire.AppendKey(out, "Item"), rd.row, rd.projection); err != nil {
				return nil, err
			}
		}
		out = append(out, '}')
		use.of(rd.tab).read += 2 * readUnits(rd.size(), true)
	}
	out = append(out, ']')
	out = use.appendAll(out, capacity, true)
	return append(out, '}'), nil
}
