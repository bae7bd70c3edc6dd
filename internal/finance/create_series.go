package finance

import (
	"context"

	"backoffice/internal/op"
)

// CreateSeries adds a number series to an entity.
var CreateSeries = op.Op[Ports, CreateSeriesIn, SeriesList]{
	Spec: op.Spec{
		ID: "finance.create-series", Kind: op.Command, Route: "POST /finance/v1/series", Status: 201, Permission: "series.create",
		Summary: "Add a number series",
		Description: "Adds a series of document numbers. A gapless one gives its numbers inside the postings' own transactions, one after the other: " +
			"choose it where law asks for it, since its documents wait for one another.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example: op.Example{Body: `{"entity":"${finance.create-entity.id}","code":"GRN","gapless":true}`},
	},
	Handle: createSeries,
	Again: func(ctx context.Context, c *op.Call, d Ports, in CreateSeriesIn, _ op.Recorded) (SeriesList, error) {
		chart, err := d.chart(ctx, c, in.Entity)
		return SeriesList{Entity: in.Entity, Data: chart.Series}, err
	},
}

const seriesMax = 50

// CreateSeriesIn is the input of CreateSeries.
type CreateSeriesIn struct {
	Entity  string `json:"entity" pattern:"^ent_[0-9A-HJKMNP-TV-Z]{26}$"`
	Code    string `json:"code" pattern:"^[A-Z][A-Z0-9]{1,11}$" example:"GRN"`
	Gapless bool   `json:"gapless,omitempty" doc:"Whether no number may be missing"`
}

// SeriesList is an entity's number series.
type SeriesList struct {
	Entity string   `json:"entity"`
	Data   []Series `json:"data"`
}

func createSeries(ctx context.Context, c *op.Call, d Ports, in CreateSeriesIn) (SeriesList, error) {
	chart, err := d.chart(ctx, c, in.Entity)
	if err != nil {
		return SeriesList{}, entityFault(err)
	}
	if _, taken := chart.SeriesOf(in.Code); taken || len(chart.Series) >= seriesMax {
		return SeriesList{}, RuleSeriesTaken.At("/code")
	}
	before := append([]Series(nil), chart.Series...)
	chart.Series = append(chart.Series, Series{Code: in.Code, Gapless: in.Gapless})
	d.Books.SaveChart(c.Act, chart)
	out := SeriesList{Entity: in.Entity, Data: chart.Series}
	c.Act.Changed(in.Entity, 0, SeriesList{Entity: in.Entity, Data: before}, out)
	return out, nil
}
