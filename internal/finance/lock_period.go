package finance

import (
	"context"

	"backoffice/internal/op"
)

// LockPeriod moves a period to the state locked.
var LockPeriod = op.Op[Ports, PeriodRef, Period]{
	Spec: op.Spec{
		ID: "finance.lock-period", Kind: op.Command, Route: "POST /finance/v1/periods/{periodId}/lock", Permission: "periods.lock", IfMatch: true,
		Summary:     "Lock a period",
		Description: "Locks a closed period for ever. Earlier periods must be locked first.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Emits:       []*op.Event{&periodStepped},
		Example:     op.Example{Path: "periodId=${finance.close-period.id}"},
	},
	Handle: lockPeriod,
	Again:  periodAgain,
}

func lockPeriod(ctx context.Context, c *op.Call, d Ports, in PeriodRef) (Period, error) {
	return d.step(ctx, c, in, PeriodLocked)
}
