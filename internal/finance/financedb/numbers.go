package financedb

import (
	"context"
	"fmt"
	"sync"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/op"
	"backoffice/internal/store"
)

// numbersLeased is how many numbers a process takes at once from a series that need not be gapless: one call of the store for so
// many postings, and at most so many numbers missing after a process has ended.
const numbersLeased = 100

// Numbers gives document numbers. One lives as long as its process; its leases are its own.
type Numbers struct {
	db     *store.DB
	mu     sync.Mutex
	leases map[string]*lease
}

// lease is the block that a process holds: the number to give next, and the last of the block.
type lease struct{ next, end int64 }

// NewNumbers makes the giver of numbers.
func NewNumbers(db *store.DB) *Numbers { return &Numbers{db: db, leases: map[string]*lease{}} }

// Next gives the next number of a series in a fiscal year, such as JRN-2026-000042.
func (s *Numbers) Next(ctx context.Context, act *op.Act, entity string, series finance.Series, year civil.Period) (string, error) {
	key := numberKey(act.Tenant, entity, series.Code, year.String())
	var n int64
	var err error
	if series.Gapless {
		n, err = s.inAct(ctx, act, key)
	} else {
		n, err = s.leased(ctx, key)
	}
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%04d-%06d", series.Code, year.Year(), n), nil
}

// inAct takes the number in the act's own transaction: concurrent acts of one series wait for one another. Several documents
// of one act take consecutive numbers.
func (s *Numbers) inAct(ctx context.Context, act *op.Act, key store.Key) (int64, error) {
	for _, w := range act.Writes() {
		if w.Target() == key.Target() {
			return w.(*store.Write).Take(), nil
		}
	}
	last, err := s.db.Sequence(ctx, key)
	if err != nil {
		return 0, err
	}
	w := store.Advance(key, last)
	act.Write(w)
	return w.Take(), nil
}

// leased gives a number of the block that the process holds, taking a new block when it is used up.
func (s *Numbers) leased(ctx context.Context, key store.Key) (int64, error) {
	s.mu.Lock() // over the store's call, too: who comes meanwhile needs what it brings
	defer s.mu.Unlock()
	l := s.leases[key.Target()]
	if l == nil || l.next > l.end {
		end, err := s.db.Count(ctx, key, numbersLeased)
		if err != nil {
			return 0, err
		}
		l = &lease{next: end - numbersLeased + 1, end: end}
		s.leases[key.Target()] = l
	}
	n := l.next
	l.next++
	return n, nil
}
