package finance

import (
	"context"

	"backoffice/internal/op"
)

// GetFiscalYear reads a fiscal year with its periods.
var GetFiscalYear = op.Op[Ports, YearRef, FiscalYear]{
	Spec: op.Spec{
		ID: "finance.get-fiscal-year", Kind: op.Query, Route: "GET /finance/v1/fiscal-years/{fiscalYearId}", Permission: "fiscal-years.read",
		Summary: "Read a fiscal year",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "fiscalYearId=${finance.open-fiscal-year.id}"},
	},
	Handle: getFiscalYear,
}

func getFiscalYear(ctx context.Context, c *op.Call, d Ports, in YearRef) (FiscalYear, error) {
	return d.year(ctx, c, in.YearID)
}
