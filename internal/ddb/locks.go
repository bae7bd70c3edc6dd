package ddb

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
)

// stripesTotal is how many locks the items share.
const stripesTotal = 1024

// locks lets one writer at a time at each item: items share locks by the hash
// of their keys.
type locks struct {
	seed    maphash.Seed
	stripes [stripesTotal]stripe
}

// stripe is the lock of some items; last is the number of the commit that last
// changed one of them.
type stripe struct {
	sync.Mutex
	last atomic.Uint64
}

// place tells which stripe an item has.
// The seed is the process's own: nobody can choose keys that share a lock.
func (l *locks) place(key []byte) int { return int(maphash.Bytes(l.seed, key) % stripesTotal) }

// lock takes the locks of all keys, in an order that cannot deadlock; call the
// result to let go.
func (l *locks) lock(keys [][]byte) (unlock func()) {
	if len(keys) == 1 {
		m := &l.stripes[l.place(keys[0])]
		m.Lock()
		return m.Unlock
	}
	places := make([]int, len(keys))
	for i, k := range keys {
		places[i] = l.place(k)
	}
	slices.Sort(places)
	places = slices.Compact(places) // two items may share a lock, which can be taken once
	for _, p := range places {
		l.stripes[p].Lock()
	}
	return func() {
		for _, p := range places {
			l.stripes[p].Unlock()
		}
	}
}

// flight knows the items that writes are at work on, for the answer
// TransactionConflict. It is idle unless Options.ConflictError is set.
type flight struct {
	mu sync.Mutex
	// at counts the writes at an item; a transaction counts as -1, alone.
	at map[string]int
}

// begin notes a write at the keys, or tells which of them are in conflict:
// with anything for a transaction, with a transaction for a plain write. Call
// end with the same keys unless there was a conflict.
func (f *flight) begin(keys [][]byte, transaction bool) (conflicts []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at == nil {
		f.at = map[string]int{}
	}
	for i, k := range keys {
		if n := f.at[string(k)]; n < 0 || transaction && n > 0 {
			conflicts = append(conflicts, i)
		}
	}
	if conflicts != nil {
		return conflicts
	}
	for _, k := range keys {
		if transaction {
			f.at[string(k)] = -1
		} else {
			f.at[string(k)]++
		}
	}
	return nil
}

func (f *flight) end(keys [][]byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range keys {
		if n := f.at[string(k)]; n > 1 {
			f.at[string(k)] = n - 1
		} else {
			delete(f.at, string(k))
		}
	}
}

// busy tells which of the keys a transaction is at work on.
func (f *flight) busy(keys [][]byte) (conflicts []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, k := range keys {
		if f.at[string(k)] < 0 {
			conflicts = append(conflicts, i)
		}
	}
	return conflicts
}
