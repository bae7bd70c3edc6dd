package finance

import (
	"context"

	"backoffice/internal/op"
)

// ListFiscalYears lists an entity's fiscal years, the earliest first.
var ListFiscalYears = op.Op[Ports, ListFiscalYearsIn, op.Records[FiscalYear]]{
	Spec: op.Spec{
		ID: "finance.list-fiscal-years", Kind: op.Query, Route: "GET /finance/v1/fiscal-years", Permission: "fiscal-years.read",
		Summary: "List fiscal years",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Given: []string{"finance.open-fiscal-year"}, Query: "entity=${finance.create-entity.id}"},
	},
	Handle: listFiscalYears,
}

// ListFiscalYearsIn is the input of ListFiscalYears.
type ListFiscalYearsIn struct {
	op.PageOf
	Entity string `query:"entity" json:"-" required:"true" maxLength:"64" doc:"The entity whose years are listed"`
}

func listFiscalYears(ctx context.Context, c *op.Call, d Ports, in ListFiscalYearsIn) (op.Records[FiscalYear], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[FiscalYear]{}, err
	}
	calendar, err := d.calendar(ctx, c, in.Entity)
	if err != nil {
		return op.Records[FiscalYear]{}, err
	}
	var out []FiscalYear
	for _, y := range calendar.Years() {
		if y.ID <= after["id"] {
			continue
		}
		if len(out) == in.Size() {
			return op.NewRecords(c, in.PageOf, out, map[string]string{"id": out[len(out)-1].ID}), nil
		}
		out = append(out, y)
	}
	return op.NewRecords(c, in.PageOf, out, nil), nil
}
