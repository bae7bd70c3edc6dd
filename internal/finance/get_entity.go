package finance

import (
	"context"

	"backoffice/internal/op"
)

// GetEntity reads an entity.
var GetEntity = op.Op[Ports, EntityRef, Entity]{
	Spec: op.Spec{
		ID: "finance.get-entity", Kind: op.Query, Route: "GET /finance/v1/entities/{entityId}", Permission: "entities.read",
		Summary: "Read an entity",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "entityId=${finance.create-entity.id}"},
	},
	Handle: getEntity,
}

// EntityRef names an entity in the path.
type EntityRef struct {
	EntityID string `path:"entityId" json:"-" doc:"ent_…"`
}

func getEntity(ctx context.Context, c *op.Call, d Ports, in EntityRef) (Entity, error) {
	return d.entity(ctx, c, in.EntityID)
}
