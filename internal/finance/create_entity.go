package finance

import (
	"context"
	"slices"

	"backoffice/internal/money"
	"backoffice/internal/op"
)

// CreateEntity sets up a legal entity with its chart of accounts and an empty fiscal calendar.
var CreateEntity = op.Op[Ports, CreateEntityIn, Entity]{
	Spec: op.Spec{
		ID: "finance.create-entity", Kind: op.Command, Route: "POST /finance/v1/entities", Status: 201, Permission: "entities.create",
		Summary:     "Set up an entity",
		Description: "Sets up a legal entity with its base currency, the month in which its fiscal year begins, and a chart of accounts made from a template. Fiscal years are opened afterwards.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Body: `{"name":"Thistle & Rowan Ltd","companyNumber":"SC123456","baseCurrency":"GBP","fiscalYearStart":4,"chart":"uk-frs102-small"}`},
	},
	Handle: createEntity,
	Again:  entityAgain[CreateEntityIn],
}

// CreateEntityIn is the input of CreateEntity.
type CreateEntityIn struct{ EntityFields }

func createEntity(_ context.Context, c *op.Call, d Ports, in CreateEntityIn) (Entity, error) {
	e := Entity{ID: c.NewID("ent"), Name: in.Name, CompanyNumber: in.CompanyNumber, BaseCurrency: money.Currency(in.BaseCurrency),
		FiscalYearStart: in.FiscalYearStart, Chart: in.Chart, Version: 1}
	chart, err := NewChart(e.ID, e.BaseCurrency, in.Chart)
	if err != nil {
		return Entity{}, err
	}
	for _, v := range in.BalanceViews {
		chart.Views = append(chart.Views, slices.Sorted(slices.Values(v)))
	}
	e.BalanceViews = chart.Views // the posting reads them of the chart, whoever asks for a report finds them here
	calendar := Calendar{Entity: e.ID, StartMonth: e.FiscalYearStart, Version: 1}
	d.Books.AddEntity(c.Act, e, chart, calendar)
	c.Act.Record(e.ID, e.Version)
	return e, nil
}

// entityAgain answers a repeated call about an entity.
func entityAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (Entity, error) {
	return d.entity(ctx, c, was.Result.ID)
}
