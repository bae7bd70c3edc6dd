package store

import (
	"context"

	"github.com/guregu/dynamo/v2"
)

// PutOver writes one record at once, outside any act, over the version that was read, 0 for none: what is no business act and must
// count even if nothing comes of the call. It gives false when somebody was faster, and op.RuleUnavailable when the store does not
// answer.
func (d *DB) PutOver(ctx context.Context, table string, row Item, was int) (won bool, err error) {
	if was == 0 {
		return d.PutIf(ctx, table, row, was, "attribute_not_exists(pk)")
	}
	return d.PutIf(ctx, table, row, was, "v = ?", was)
}

// PutIf is PutOver on another condition, which is written as in Mutate; false when it does not hold. What a newer release added to
// the version was is kept.
func (d *DB) PutIf(ctx context.Context, table string, row Item, was int, cond string, args ...any) (held bool, err error) {
	item, err := d.Over(ctx, table, row, was)
	if err != nil {
		return false, err
	}
	err = d.table(table).Put(item).If(cond, args...).Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return false, nil
	}
	if err != nil {
		return false, callError("write "+table, err)
	}
	return true, nil
}
