package ddb

import (
	"context"
	"errors"
	"strings"

	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

// transaction is a TransactWriteItems.
type transaction struct {
	parts    []*request
	kinds    []writeKind
	token    text
	capacity text
	metrics  text
	writes   []*write
	keys     [][]byte
	replayed bool // the token was used before, so nothing was done and AWS charges a read
}

// transactWrite does writes all together or not at all.
func (e *Engine) transactWrite(ctx context.Context, body string) ([]byte, error) {
	t, err := readTransaction(body)
	if err != nil {
		return nil, err
	}
	e.ddl.RLock() // the tables' definitions stay as they are until the rows are staged
	defer e.ddl.RUnlock()
	if err := t.prepare(e); err != nil {
		return nil, err
	}
	if e.opt.ConflictError {
		if conflicts := e.flight.begin(t.keys, true); conflicts != nil {
			return nil, conflictReasons(len(t.keys), conflicts)
		}
		defer e.flight.end(t.keys)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := t.decide(e)
	if err != nil || c == nil { // nothing to write, but what was seen must outlast a crash before it is told
		if failed := e.barrier(); failed != nil {
			return nil, failed
		}
		if err != nil {
			return nil, err
		}
	} else if err := e.settle(c); err != nil {
		return nil, err
	}
	return t.answer(), nil
}

func readTransaction(body string) (*transaction, error) {
	t := &transaction{}
	r := wire.NewReader(body)
	for r.OpenObject(); r.Next('}'); {
		k := r.Key()
		if r.Null() {
			continue
		}
		switch k {
		case "TransactItems":
			for r.OpenArray(); r.Next(']'); {
				q, kind := readAction(r)
				t.parts, t.kinds = append(t.parts, q), append(t.kinds, kind)
			}
		case "ClientRequestToken":
			t.token = text{r.String(), true}
		case "ReturnConsumedCapacity":
			t.capacity = text{r.String(), true}
		case "ReturnItemCollectionMetrics":
			t.metrics = text{r.String(), true}
		default:
			r.Skip()
		}
	}
	return t, r.Done()
}

// readAction takes one of {"Put": …}, {"Update": …}, {"Delete": …} and
// {"ConditionCheck": …}.
func readAction(r *wire.Reader) (*request, writeKind) {
	q, kind, n := &request{}, writePut, 0
	for r.OpenObject(); r.Next('}'); {
		k := r.Key()
		if r.Null() {
			continue
		}
		switch k {
		case "Put":
			kind = writePut
		case "Update":
			kind = writeUpdate
		case "Delete":
			kind = writeDelete
		case "ConditionCheck":
			kind = writeCheck
		default:
			r.Skip()
			continue
		}
		n++
		q.read(r)
	}
	if n != 1 && r.Err() == nil {
		r.Fail(awserr.Validation("TransactItems can only contain one of Check, Put, Update or Delete"))
	}
	return q, kind
}

// prepare checks all that can be checked without the items.
func (t *transaction) prepare(e *Engine) error {
	if n := len(t.parts); n == 0 || n > transactItemsMax {
		return transactLength(n)
	}
	if n := len(t.token.s); t.token.set && (n < 1 || n > tokenBytesMax) {
		return constraint("'"+t.token.s+"'", "clientRequestToken", "Member must have length less than or equal to 36")
	}
	seen := make(map[string]bool, len(t.parts))
	bytes := 0
	for i, q := range t.parts {
		if err := q.check(); err != nil {
			return err
		}
		if t.kinds[i] == writeUpdate && !q.update.set {
			return constraint("null", "transactItems.1.member.update.updateExpression", "Member must not be null")
		}
		w, err := e.newWrite(q, t.kinds[i])
		if err != nil {
			return err
		}
		if seen[string(w.key)] {
			return awserr.Validation("Transaction request cannot include multiple operations on one item")
		}
		seen[string(w.key)] = true
		if bytes += len(w.newRow); bytes > transactBytesMax {
			return awserr.Validation("Transaction request exceeds the maximum size of 4 MB")
		}
		t.writes, t.keys = append(t.writes, w), append(t.keys, w.key)
	}
	return nil
}

// decide decides all writes under their locks and applies them with the token.
func (t *transaction) decide(e *Engine) (*commit, error) {
	keys := t.keys
	if t.token.set {
		keys = append(keys[:len(keys):len(keys)], tokenKey(t.token.s))
	}
	// The token is locked like an item: of two calls with one token at the same
	// moment, the second finds the first one's.
	unlock := e.locks.lock(keys)
	defer unlock()
	var digest []byte
	if t.token.set {
		digest = t.digest()
		used, err := e.tokenUsed(t.token.s, digest)
		if err != nil {
			return nil, err
		}
		if t.replayed = used; used {
			return nil, e.readRows(t.writes) // for what reading them costs
		}
	}
	if err := e.readRows(t.writes); err != nil {
		return nil, err
	}
	if err := t.decideEach(e); err != nil {
		return nil, err
	}
	c, err := e.stageAll(t.writes)
	if err != nil {
		return nil, err
	}
	if t.token.set {
		if err := e.stageToken(c, t.token.s, digest); err != nil {
			return nil, storageError(err)
		}
	}
	if c.batch.Empty() && len(c.changes) == 0 {
		return nil, nil
	}
	if err := e.apply(c); err != nil {
		return nil, err
	}
	return c, nil
}

// decideEach decides every write and gathers why some cannot be done. It goes
// on after the first, for the answer has a reason for each action, in the order
// of the call.
func (t *transaction) decideEach(e *Engine) error {
	reasons := make([]awserr.Reason, len(t.writes))
	failed := false
	bytes := 0
	for i, w := range t.writes {
		err := e.decide(w)
		bytes += max(len(w.oldRow), len(w.newRow))
		if err == nil {
			continue
		}
		var refused *awserr.Error
		if !errors.As(err, &refused) || refused.Type == awserr.TypeInternal { // the store's failure is no reason to cancel for
			return err
		}
		failed = true
		code := "ValidationError"
		if refused.Type == awserr.TypeConditionFailed {
			code = "ConditionalCheckFailed"
		}
		reasons[i] = awserr.Reason{Code: code, Message: refused.Message, Item: refused.Item}
	}
	if failed {
		return canceled(reasons)
	}
	if bytes > transactBytesMax {
		return awserr.Validation("Transaction request exceeds the maximum size of 4 MB")
	}
	return nil
}

// canceled is the answer to a transaction that was not done.
func canceled(reasons []awserr.Reason) error {
	codes := make([]string, len(reasons))
	for i := range reasons {
		if reasons[i].Code == "" {
			reasons[i].Code = "None"
		}
		codes[i] = reasons[i].Code
	}
	err := awserr.New(awserr.TypeCanceled, "Transaction cancelled, please refer cancellation reasons for specific reasons [%s]", strings.Join(codes, ", "))
	err.Reasons = reasons
	return err
}

// conflictReasons is the answer to a transaction that met another.
func conflictReasons(n int, conflicts []int) error {
	reasons := make([]awserr.Reason, n)
	for _, i := range conflicts {
		reasons[i] = awserr.Reason{Code: "TransactionConflict", Message: "Transaction is ongoing for the item"}
	}
	return canceled(reasons)
}

func (t *transaction) answer() []byte {
	var use usage
	for _, w := range t.writes {
		if t.replayed {
			n, _ := splitRow(w.oldRow)
			use.of(w.tab).read += 2 * readUnits(n, true)
			continue
		}
		use.write(w, true)
	}
	out := use.appendAll([]byte{'{'}, t.capacity.s, true)
	if t.metrics.s == "SIZE" {
		out = appendCollections(out, t.writes)
	}
	return append(out, '}')
}
