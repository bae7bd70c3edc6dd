package finance

import (
	"context"

	"backoffice/internal/op"
)

// StartClosingPeriod moves a period to the state closing.
var StartClosingPeriod = op.Op[Ports, PeriodRef, Period]{
	Spec: op.Spec{
		ID: "finance.start-closing-period", Kind: op.Command, Route: "POST /finance/v1/periods/{periodId}/start-closing", Permission: "periods.close", IfMatch: true,
		Summary:     "Start closing a period",
		Description: "Refuses further postings dated in the period. Once no posting can be under way any more, the period can be closed.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Emits:       []*op.Event{&periodStepped},
		Example:     op.Example{Path: "periodId=${finance.open-fiscal-year.periods.0.id}"},
	},
	Handle: startClosingPeriod,
	Again:  periodAgain,
}

func startClosingPeriod(ctx context.Context, c *op.Call, d Ports, in PeriodRef) (Period, error) {
	return d.step(ctx, c, in, PeriodClosing)
}
