package finance

import (
	"context"

	"backoffice/internal/op"
)

// CreateDimension adds a dimension of the tenant's own to an entity.
var CreateDimension = op.Op[Ports, CreateDimensionIn, DimensionList]{
	Spec: op.Spec{
		ID: "finance.create-dimension", Kind: op.Command, Route: "POST /finance/v1/dimensions", Status: 201, Permission: "dimensions.create",
		Summary:     "Add a dimension",
		Description: "Adds a dimension to those that every entity has: cost centre, department, project and fund. Answers with all of them.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Body: `{"entity":"${finance.create-entity.id}","code":"campaign","name":"Campaign"}`},
	},
	Handle: createDimension,
	Again: func(ctx context.Context, c *op.Call, d Ports, in CreateDimensionIn, _ op.Recorded) (DimensionList, error) {
		return d.dimensions(ctx, c, in.Entity)
	},
}

const dimensionsMax = 12

// CreateDimensionIn is the input of CreateDimension.
type CreateDimensionIn struct {
	Entity string `json:"entity" pattern:"^ent_[0-9A-HJKMNP-TV-Z]{26}$"`
	Code   string `json:"code" pattern:"^[a-z][a-z0-9-]{0,23}$" example:"campaign"`
	Name   string `json:"name" minLength:"1" maxLength:"60" example:"Campaign"`
}

// DimensionList is an entity's dimensions.
type DimensionList struct {
	Entity string      `json:"entity"`
	Data   []Dimension `json:"data"`
}

func createDimension(ctx context.Context, c *op.Call, d Ports, in CreateDimensionIn) (DimensionList, error) {
	chart, err := d.chart(ctx, c, in.Entity)
	if err != nil {
		return DimensionList{}, entityFault(err)
	}
	if chart.HasDimension(in.Code) {
		return DimensionList{}, RuleDimensionTaken.At("/code")
	}
	if len(chart.Dimensions) >= dimensionsMax {
		return DimensionList{}, RuleDimensionFull.At("/code")
	}
	before := append([]Dimension(nil), chart.Dimensions...)
	chart.Dimensions = append(chart.Dimensions, Dimension{Code: in.Code, Name: in.Name})
	d.Books.SaveChart(c.Act, chart)
	out := DimensionList{Entity: in.Entity, Data: chart.Dimensions}
	c.Act.Changed(in.Entity, 0, DimensionList{Entity: in.Entity, Data: before}, out)
	return out, nil
}

func (d Ports) dimensions(ctx context.Context, c *op.Call, entity string) (DimensionList, error) {
	chart, err := d.chart(ctx, c, entity)
	return DimensionList{Entity: entity, Data: chart.Dimensions}, err
}
