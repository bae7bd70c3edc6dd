package financedb

import (
	"context"

	"backoffice/internal/finance"
	"backoffice/internal/store"
)

// Pending tells what the projections lack.
type Pending struct{ db *store.DB }

// NewPending makes the teller.
func NewPending(db *store.DB) *Pending { return &Pending{db: db} }

// Pending counts the tenant's acts that wait.
func (s *Pending) Pending(ctx context.Context, tenant string) (finance.Waiting, error) {
	n, oldest, err := s.db.CountPending(ctx, table, tenant)
	w := finance.Waiting{Acts: n}
	if n > 0 {
		w.Oldest = &oldest
	}
	return w, err
}
