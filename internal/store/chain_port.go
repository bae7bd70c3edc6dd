package store

import (
	"context"
	"errors"

	"backoffice/internal/audit"
	"backoffice/internal/takeup"
)

// Chain reads the audit chains of a store, for the operations that tell of them.
type Chain struct{ db *DB }

// NewChain makes the reader.
func NewChain(db *DB) *Chain { return &Chain{db: db} }

// Chained gives the acts of up to limit links after a link.
func (c *Chain) Chained(ctx context.Context, table, tenant string, after, limit int) ([]takeup.Chained, int, bool, error) {
	links, err := c.db.Links(ctx, table, tenant, after, limit)
	if err != nil {
		return nil, after, false, err
	}
	var out []takeup.Chained
	for _, l := range links {
		after = l.Number
		for _, a := range l.Acts {
			out = append(out, takeup.Chained{Act: a.Act, Operation: a.Operation, Record: a.Record, Version: a.Version})
		}
	}
	return out, after, len(links) == limit, nil
}

// Check verifies up to limit links after a link.
func (c *Chain) Check(ctx context.Context, table, tenant string, after, limit int) (acts, last int, more bool, broken string, err error) {
	acts, last, more, err = c.db.verifyStretch(ctx, table, tenant, after, limit)
	if b := (*BrokenChainError)(nil); errors.As(err, &b) {
		return acts, last, false, b.Error(), nil
	}
	return acts, last, more, "", err
}

// Stretch reads up to limit links after a link, for the roots of the chains.
func (c *Chain) Stretch(ctx context.Context, table, tenant string, after, limit int) ([]audit.Link, string, error) {
	links, err := c.db.Links(ctx, table, tenant, after, limit)
	if b := (*BrokenChainError)(nil); errors.As(err, &b) {
		return nil, b.Error(), nil
	}
	out := make([]audit.Link, len(links))
	for i, l := range links {
		out[i] = audit.Link{Number: l.Number, Before: l.Before, Hash: l.Hash}
		for _, a := range l.Acts {
			out[i].Acts = append(out[i].Acts, a.Act)
		}
	}
	return out, "", err
}
