package store

import (
	"context"

	"backoffice/internal/op"
)

// counterRow is a counter: a series' last number, or a count of failures.
type counterRow struct {
	Row
	N int64 `dynamo:"n"`
}

// Count adds to a counter at once, outside any act, and gives its new value. Made for what may be lost with a process, such
// as a leased block of numbers.
func (d *DB) Count(ctx context.Context, k Key, by int64) (int64, error) {
	var row counterRow
	u := d.table(k.Table).Update("pk", k.PK.text).Range("sk", k.SK.text).Add("n", by)
	if err := u.Value(ctx, &row); err != nil {
		return 0, callError("count "+k.Table, err)
	}
	return row.N, nil
}

// Sequence reads a counter that acts advance without gaps.
func (d *DB) Sequence(ctx context.Context, k Key) (int64, error) {
	row, _, err := Load[counterRow](ctx, d, k)
	return row.N, err
}

// Advance moves a counter on inside an act, from the value that was read; concurrent acts that advance it wait for one
// another. The write that it adds is the act's only one on that counter: Take gives further values of it.
func Advance(k Key, from int64) *Write {
	return &Write{key: k, kind: advance, from: from, refusal: op.ErrConflict}
}

// Take gives the next value of an advancing counter.
func (w *Write) Take() int64 {
	w.by++
	return w.from + w.by
}
