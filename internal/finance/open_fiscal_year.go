package finance

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/op"
)

// OpenFiscalYear opens a fiscal year with its twelve periods.
var OpenFiscalYear = op.Op[Ports, OpenFiscalYearIn, FiscalYear]{
	Spec: op.Spec{
		ID: "finance.open-fiscal-year", Kind: op.Command, Route: "POST /finance/v1/fiscal-years", Status: 201, Permission: "fiscal-years.open",
		Summary:     "Open a fiscal year",
		Description: "Opens the fiscal year that begins with a period: the first one of an entity, or the one next to those it has.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Body: `{"entity":"${finance.create-entity.id}","start":"2026-04"}`},
	},
	Handle: openFiscalYear,
	Again:  yearAgain[OpenFiscalYearIn],
}

// OpenFiscalYearIn is the input of OpenFiscalYear.
type OpenFiscalYearIn struct {
	Entity string       `json:"entity" pattern:"^ent_[0-9A-HJKMNP-TV-Z]{26}$"`
	Start  civil.Period `json:"start" doc:"First period of the year; its month is the one in which the entity's fiscal year begins"`
}

func openFiscalYear(ctx context.Context, c *op.Call, d Ports, in OpenFiscalYearIn) (FiscalYear, error) {
	calendar, err := d.calendar(ctx, c, in.Entity)
	if err != nil {
		return FiscalYear{}, entityFault(err)
	}
	year, err := calendar.OpenYear(in.Start, c.At)
	if err != nil {
		return year, err
	}
	d.Books.SaveCalendar(c.Act, calendar)
	c.Act.Record(year.ID, year.Version)
	return year, nil
}
