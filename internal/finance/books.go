package finance

import (
	"context"

	"backoffice/internal/op"
)

// entity, chart, calendar and posting read an entity's books for a call, once its right is known to cover the entity.

func (d Ports) entity(ctx context.Context, c *op.Call, entity string) (Entity, error) {
	if err := c.Within(entity); err != nil {
		return Entity{}, err
	}
	return d.Books.Entity(ctx, c.Tenant, entity)
}

func (d Ports) chart(ctx context.Context, c *op.Call, entity string) (Chart, error) {
	if err := c.Within(entity); err != nil {
		return Chart{}, err
	}
	return d.Books.Chart(ctx, c.Tenant, entity)
}

func (d Ports) calendar(ctx context.Context, c *op.Call, entity string) (Calendar, error) {
	if err := c.Within(entity); err != nil {
		return Calendar{}, err
	}
	return d.Books.Calendar(ctx, c.Tenant, entity)
}

func (d Ports) posting(ctx context.Context, c *op.Call, entity string, values []DimensionKey, parties ...string) (Books, error) {
	if err := c.Within(entity); err != nil {
		return Books{}, err
	}
	return d.Books.Posting(ctx, c.Tenant, entity, values, parties...)
}
