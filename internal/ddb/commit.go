package ddb

import (
	"bytes"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/awserr"
)

// commit is a batch on its way: what was staged, the changes that get their
// sequence numbers when it is applied, and what it does to tables' counts.
type commit struct {
	batch   *pebble.Batch
	changes []change
	counts  map[*tableStats]count
	// tables maps counts to the ids of their rows.
	tables map[*tableStats]uint32
	// stripes are those of the items that change.
	stripes []int
	// rows are what the writes change, until they are put into the batch; keys
	// is room for those of index rows.
	rows []stagedRow
	keys []byte
	// number is this commit's place among all, and seq the last sequence number
	// given when it was applied.
	number, seq uint64
}

// stagedRow is a row on its way into a batch, or the end of one.
type stagedRow struct {
	key   []byte
	value string
	gone  bool
}

// stageRows puts the rows into the batch in the order of their keys. Pebble
// remembers where in its table in memory it put the last one, so that a
// neighbour costs it no search.
func (c *commit) stageRows() error {
	slices.SortFunc(c.rows, func(a, b stagedRow) int { return bytes.Compare(a.key, b.key) })
	for i := range c.rows {
		r := &c.rows[i]
		if r.gone {
			if err := c.batch.Delete(r.key, nil); err != nil {
				return err
			}
			continue
		}
		op := c.batch.SetDeferred(len(r.key), len(r.value))
		copy(op.Key, r.key)
		copy(op.Value, r.value)
		if err := op.Finish(); err != nil {
			return err
		}
	}
	c.rows, c.keys = nil, nil
	return nil
}

// count is how many items and bytes came or went.
type count struct{ items, bytes int64 }

// rowsOverheadBytes is about what the keys of one write's rows take, and
// indexKeyBytes what one of an index does.
const (
	rowsOverheadBytes = 512
	indexKeyBytes     = 128
)

// newCommit makes a commit with room for what the writes will stage.
func (e *Engine) newCommit(writes []*write) *commit {
	n, rows, keys := 0, 0, 0
	for _, w := range writes {
		n += len(w.oldRow) + 2*len(w.newRow) + rowsOverheadBytes
		rows += 1 + len(w.tab.Indexes)
		keys += indexKeyBytes * len(w.tab.Indexes)
	}
	return &commit{
		batch: e.db.NewBatchWithSize(n), rows: make([]stagedRow, 0, rows), keys: make([]byte, 0, keys),
		changes: make([]change, 0, len(writes)), stripes: make([]int, 0, len(writes)),
	}
}

// count notes what a change does to a table's counts.
func (c *commit) count(t *table, items, bytes int64) {
	if c.counts == nil {
		c.counts, c.tables = map[*tableStats]count{}, map[*tableStats]uint32{}
	}
	n := c.counts[t.stats]
	c.counts[t.stats] = count{n.items + items, n.bytes + bytes}
	c.tables[t.stats] = t.ID
}

// apply makes the commit visible; it is durable only after settle. An error
// means that nothing was written, or that the store has failed.
func (e *Engine) apply(c *commit) error {
	e.commits.Lock()
	defer e.commits.Unlock()
	// Looked at under the lock: Pebble may stand still for ever after a failure.
	if err := e.health.err(); err != nil {
		return storageError(err)
	}
	if err := e.number(c); err != nil {
		return err
	}
	if err := e.opt.Faults.beforeCommit(e); err != nil {
		return err
	}
	e.mark(c)
	if err := e.applyCatching(c.batch); err != nil {
		e.health.fail(err)
		return storageError(err)
	}
	e.applied.Store(c.number)
	return nil
}

// mark gives the commit its number, and notes it where consistent reads of its
// items and tables will look. That is done before it is applied, so who sees
// its rows finds its number.
func (e *Engine) mark(c *commit) {
	c.number, c.seq = e.applied.Load()+1, e.lastSeq
	for _, place := range c.stripes {
		e.locks.stripes[place].last.Store(c.number)
	}
	for stats := range c.counts {
		stats.last.Store(c.number)
	}
}

// number gives the changes their places and stages the counts. The counts in
// memory may run ahead of a batch that then fails, but so does the store.
func (e *Engine) number(c *commit) error {
	if len(c.changes) > 0 {
		e.lastTime = max(e.lastTime, e.millis())
	}
	var key [1 + 4 + 8]byte
	for i := range c.changes {
		ch := &c.changes[i]
		e.lastSeq++
		if err := ch.stage(c.batch, changeKey(key[:0], ch.stream, e.lastSeq), e.lastTime); err != nil {
			return storageError(err)
		}
	}
	for stats, n := range c.counts {
		stats.items.Add(n.items)
		stats.bytes.Add(n.bytes)
		if err := c.batch.Set(statsKey(key[:0], c.tables[stats]), stats.encode(), nil); err != nil {
			return storageError(err)
		}
	}
	return nil
}

// applyCatching applies a batch and turns Pebble's fatal errors, which it
// throws, into one that is returned.
func (e *Engine) applyCatching(b *pebble.Batch) (err error) {
	defer func() {
		if p := recover(); p != nil {
			e.health.stuck.Store(true)
			err = fmt.Errorf("commit: %v", p)
		}
	}()
	if e.opt.NoSync {
		return e.db.Apply(b, pebble.NoSync)
	}
	return e.db.ApplyNoSyncWait(b, pebble.Sync)
}

// settle waits until an applied commit is durable, together with all that were
// applied at the same time.
func (e *Engine) settle(c *commit) error {
	defer e.wake()
	if !e.opt.NoSync {
		if err := c.batch.SyncWait(); err != nil {
			e.health.fail(err)
		}
	}
	if err := e.health.err(); err != nil {
		return storageError(err)
	}
	raise(&e.durable, c.number)
	raise(&e.durableSeq, c.seq)
	if err := c.batch.Close(); err != nil {
		return storageError(err)
	}
	return nil
}

// wake lets those look again who wait for durability.
func (e *Engine) wake() {
	e.settled.L.Lock()
	defer e.settled.L.Unlock()
	e.settled.Broadcast()
}

// await waits until the commits up to a number are durable. It starts no fsync:
// whoever applied them waits for theirs.
func (e *Engine) await(number uint64) error {
	if e.durable.Load() >= number {
		return nil
	}
	e.settled.L.Lock()
	defer e.settled.L.Unlock()
	for e.durable.Load() < number {
		if err := e.health.err(); err != nil {
			return storageError(err)
		}
		e.settled.Wait()
	}
	return nil
}

// raise lifts a mark to at least v. The log is written in the order of
// commits, so what is durable up to one is durable up to all before it.
func raise(mark *atomic.Uint64, v uint64) {
	for {
		now := mark.Load()
		if now >= v || mark.CompareAndSwap(now, v) {
			return
		}
	}
}

// barrier waits until all that was applied so far is durable. A write that
// finds nothing to do answers on the strength of what it saw, so that must not
// be lost after.
func (e *Engine) barrier() error { return e.await(e.applied.Load()) }

// commitAll applies a commit and waits for it.
func (e *Engine) commitAll(c *commit) error {
	if err := e.apply(c); err != nil {
		return err
	}
	return e.settle(c)
}

// storageError is the answer when the disk fails; the cause is logged by
// health and told too, for the store speaks only to its own host.
func storageError(err error) error {
	return awserr.Internal("The store failed: %v", err)
}
