package finance

import (
	"context"
	"fmt"

	"backoffice/internal/op"
)

// ClosePeriod closes a closing period once its totals are final.
var ClosePeriod = op.Op[Ports, PeriodRef, Period]{
	Spec: op.Spec{
		ID: "finance.close-period", Kind: op.Command, Route: "POST /finance/v1/periods/{periodId}/close", Permission: "periods.close", IfMatch: true,
		Summary:     "Close a period",
		Description: "Closes a period that has been closing for longer than any posting may last, when every act that may have posted to it has been taken into the balances.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put | op.List, Indexes: "pending"}},
		Emits:       []*op.Event{&periodStepped},
		Example:     op.Example{Path: "periodId=${finance.start-closing-period.id}", After: settleAfter},
	},
	Handle: closePeriod,
	Again:  periodAgain,
}

func closePeriod(ctx context.Context, c *op.Call, d Ports, in PeriodRef) (Period, error) {
	// Counted before the period is read: an act that is taken up in between is counted for nothing, none is overlooked.
	waiting, err := d.Pending.Pending(ctx, c.Tenant)
	if err != nil {
		return Period{}, err
	}
	if waiting.Acts > 0 {
		_, before, err := d.period(ctx, c, in.PeriodID)
		if err != nil {
			return before, err
		}
		// An act decided after the last posting of the period must have ended has none of its journals: a busy tenant can close.
		if !waiting.Oldest.After(before.Since.Add(settleAfter)) {
			return Period{}, RulePeriodDue.With(fmt.Sprintf("%d acts wait to be taken into the balances.", waiting.Acts)).After(pendingRetry)
		}
	}
	return d.step(ctx, c, in, PeriodClosed)
}
