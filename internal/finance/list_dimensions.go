package finance

import (
	"context"

	"backoffice/internal/op"
)

// ListDimensions lists an entity's dimensions.
var ListDimensions = op.Op[Ports, ListDimensionsIn, DimensionList]{
	Spec: op.Spec{
		ID: "finance.list-dimensions", Kind: op.Query, Route: "GET /finance/v1/dimensions", Permission: "dimensions.read",
		Summary: "List dimensions",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Query: "entity=${finance.create-entity.id}"},
	},
	Handle: func(ctx context.Context, c *op.Call, d Ports, in ListDimensionsIn) (DimensionList, error) {
		return d.dimensions(ctx, c, in.Entity)
	},
}

// ListDimensionsIn is the input of ListDimensions.
type ListDimensionsIn struct {
	Entity string `query:"entity" json:"-" required:"true" maxLength:"64" doc:"The entity whose dimensions are listed"`
}
