package ddb

import "context"

// Stats tells what the store has done since it was opened, and what it takes.
type Stats struct {
	// Commits is how many writes and transactions were applied; Syncs is how
	// many times the log was made durable for them.
	Commits, Syncs uint64
	// DiskBytes is what the store takes on disk, LogBytes its log's part.
	DiskBytes, LogBytes uint64
}

// Stats looks at the store; it may be called at any time before Close.
func (e *Engine) Stats() Stats {
	if err := e.enter(); err != nil {
		return Stats{}
	}
	defer e.gate.RUnlock()
	m := e.db.Metrics()
	s := Stats{Commits: e.applied.Load(), DiskBytes: m.DiskSpaceUsage(), LogBytes: m.WAL.Size}
	s.Syncs = e.health.syncs.Load()
	return s
}

// Flush writes what is in memory to tables on disk, and waits. Nothing needs
// it to be durable; it is for looking at what is on disk.
func (e *Engine) Flush() error {
	if err := e.enter(); err != nil {
		return err
	}
	defer e.gate.RUnlock()
	return e.db.Flush()
}

// Compact brings the store to its smallest form on disk, and waits.
func (e *Engine) Compact(ctx context.Context) error {
	if err := e.enter(); err != nil {
		return err
	}
	defer e.gate.RUnlock()
	return e.db.Compact(ctx, []byte{0}, []byte{0xFF}, true)
}
