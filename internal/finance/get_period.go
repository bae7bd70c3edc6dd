package finance

import (
	"context"

	"backoffice/internal/op"
)

// GetPeriod reads an accounting period.
var GetPeriod = op.Op[Ports, PeriodRef, Period]{
	Spec: op.Spec{
		ID: "finance.get-period", Kind: op.Query, Route: "GET /finance/v1/periods/{periodId}", Permission: "periods.read",
		Summary: "Read a period",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "periodId=${finance.open-fiscal-year.periods.0.id}"},
	},
	Handle: getPeriod,
}

func getPeriod(ctx context.Context, c *op.Call, d Ports, in PeriodRef) (Period, error) {
	_, p, err := d.period(ctx, c, in.PeriodID)
	return p, err
}
