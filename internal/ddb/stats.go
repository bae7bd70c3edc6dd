package ddb

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
