package finance

import (
	"context"

	"backoffice/internal/op"
)

// ReopenPeriod moves a period to the state open.
var ReopenPeriod = op.Op[Ports, PeriodRef, Period]{
	Spec: op.Spec{
		ID: "finance.reopen-period", Kind: op.Command, Route: "POST /finance/v1/periods/{periodId}/reopen", Permission: "periods.reopen", IfMatch: true,
		Summary:     "Reopen a period",
		Description: "Opens a closing or closed period again, as long as no later one is closing or closed.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Emits:       []*op.Event{&periodStepped},
		Example:     op.Example{Path: "periodId=${finance.start-closing-period.id}"},
	},
	Handle: reopenPeriod,
	Again:  periodAgain,
}

func reopenPeriod(ctx context.Context, c *op.Call, d Ports, in PeriodRef) (Period, error) {
	return d.step(ctx, c, in, PeriodOpen)
}
