package metrics

import (
	"context"
	"errors"

	"backoffice/internal/op"
)

// Counted makes a store of acts that counts what it commits: acts, their events by type, conflicts and replays. So business
// counts need nothing of the operations.
func Counted(acts op.Acts) op.Acts { return counted{acts} }

type counted struct{ op.Acts }

// Commit commits and counts.
func (c counted) Commit(ctx context.Context, spec *op.Spec, act *op.Act) error {
	err := c.Acts.Commit(ctx, spec, act)
	if s, ok := ctx.Value(sampleKey{}).(*Sample); ok {
		switch {
		case err == nil:
			s.committed(act)
		case errors.Is(err, op.ErrConflict):
			s.Add(Conflicts, 1)
		}
	}
	return err
}

// Find finds the act of an earlier call and counts that it was there.
func (c counted) Find(ctx context.Context, spec *op.Spec, tenant, key string) (*op.Recorded, error) {
	was, err := c.Acts.Find(ctx, spec, tenant, key)
	if was != nil {
		Add(ctx, Replays, 1)
	}
	return was, err
}
