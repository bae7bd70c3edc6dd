package ddb

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// housekeepEvery is how often expired items, old changes and old tokens are
// looked for.
const housekeepEvery = time.Minute

// Engine is an open store. All its methods can be called at once.
type Engine struct {
	opt    Options
	db     *pebble.DB
	health *health

	// gate is held for reading by every call; Close takes it whole.
	gate   sync.RWMutex
	closed bool

	cat atomic.Pointer[catalog]
	// ddl is held for reading by writes of items, and whole by changes of
	// definitions, so that a write sees one definition from start to end.
	ddl    sync.RWMutex
	locks  locks
	flight flight

	// commits is held while a batch gets its sequence numbers and is applied,
	// so that changes become visible in the order of their numbers.
	commits  sync.Mutex
	lastSeq  uint64
	lastTime int64
	// applied counts commits; durable is how many of them are fsynced, and
	// durableSeq the last sequence number among those: streams show no more.
	applied, durable, durableSeq atomic.Uint64
	// settled tells those who wait for durable to look again.
	settled sync.Cond
	// requests counts the calls, to name each.
	requests atomic.Uint64

	stop       context.CancelFunc
	background sync.WaitGroup
}

// Open opens a store, or makes one. The errors that a caller may want to know
// are ErrInUse and ErrNewerFormat.
func Open(o Options) (*Engine, error) {
	o = o.withDefaults()
	h := &health{log: o.Logger}
	db, err := openPebble(o, h)
	if err != nil {
		return nil, err
	}
	e := &Engine{opt: o, db: db, health: h}
	e.settled.L = &sync.Mutex{}
	e.locks.seed = maphash.MakeSeed()
	if err := e.load(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	e.durableSeq.Store(e.lastSeq)
	h.opened.Store(true)
	ctx, stop := context.WithCancel(context.Background())
	e.stop = stop
	e.background.Add(1)
	go e.housekeep(ctx)
	return e, nil
}

func (e *Engine) load() error {
	if err := checkFormat(e.db); err != nil {
		return err
	}
	cat, err := loadCatalog(e.db)
	if err != nil {
		return err
	}
	e.cat.Store(cat)
	return e.loadSequence(cat)
}

// Close waits for calls under way and closes the store. Later calls answer
// with an error; closing again does nothing. The error tells of a store that
// failed before; one whose storage stands still keeps its directory until the
// process ends.
func (e *Engine) Close() error {
	e.stop()
	e.background.Wait()
	e.gate.Lock()
	defer e.gate.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	failure := e.health.err()
	if e.health.stuck.Load() {
		return fmt.Errorf("ddb: not closed, after a failure: %w", failure)
	}
	err := e.db.Close()
	switch {
	case failure != nil:
		return fmt.Errorf("ddb: closed after a failure: %w", errors.Join(failure, err))
	case err != nil:
		return fmt.Errorf("ddb: close: %w", err)
	}
	return nil
}

// Failure is what the storage failed with, nil while it is sound. A store that has failed answers what is read and takes no
// write until it is opened anew: whoever serves it has to tell, since reading alone shows nothing.
func (e *Engine) Failure() error { return e.health.err() }

// enter admits a call; leave with e.gate.RUnlock when there is no error.
func (e *Engine) enter() error {
	e.gate.RLock()
	if e.closed {
		e.gate.RUnlock()
		return ErrClosed
	}
	return nil
}

// Checkpoint writes a consistent copy of the store into dir, which must not
// exist yet. Calls go on meanwhile.
func (e *Engine) Checkpoint(dir string) error {
	if err := e.enter(); err != nil {
		return err
	}
	defer e.gate.RUnlock()
	if err := e.health.err(); err != nil {
		return err
	}
	if err := e.db.Checkpoint(dir, pebble.WithFlushedWAL()); err != nil {
		return fmt.Errorf("ddb: checkpoint: %w", err)
	}
	return nil
}

// housekeep sweeps until the engine closes.
func (e *Engine) housekeep(ctx context.Context) {
	defer e.background.Done()
	tick := time.NewTicker(housekeepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := e.SweepTTL(ctx); err != nil && !errors.Is(err, ErrClosed) && ctx.Err() == nil {
			e.opt.Logger.Error("sweep of the store", "error", err)
		}
	}
}

// millis is the time in milliseconds of the Unix era.
func (e *Engine) millis() int64 { return e.opt.Clock().UnixMilli() }
