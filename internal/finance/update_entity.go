package finance

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// UpdateEntity changes an entity's name or company number.
var UpdateEntity = op.Op[Ports, UpdateEntityIn, Entity]{
	Spec: op.Spec{
		ID: "finance.update-entity", Kind: op.Command, Route: "PATCH /finance/v1/entities/{entityId}", Permission: "entities.update", IfMatch: true,
		Summary:     "Change an entity",
		Description: "Changes name or company number by a JSON Merge Patch. Base currency and fiscal year stay as they were set up.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Path: "entityId=${finance.create-entity.id}", Body: `{"name":"Thistle & Rowan Holdings Ltd"}`},
	},
	Handle: updateEntity,
	Again:  entityAgain[UpdateEntityIn],
}

// UpdateEntityIn is the input of UpdateEntity.
type UpdateEntityIn struct {
	EntityRef
	Patch op.Merge[EntityChanges] `body:"merge" json:"-"`
}

// EntityChanges are the changeable fields of an entity.
type EntityChanges struct {
	Name          string `json:"name" minLength:"1" maxLength:"160"`
	CompanyNumber string `json:"companyNumber,omitempty" pattern:"^[A-Z0-9]{8}$"`
}

// Validate checks what the schema cannot say.
func (f *EntityChanges) Validate(c *fault.Collector) { checkBlank(c, "/name", f.Name) }

func updateEntity(ctx context.Context, c *op.Call, d Ports, in UpdateEntityIn) (Entity, error) {
	before, err := d.entity(ctx, c, in.EntityID)
	if err != nil {
		return before, err
	}
	if err := c.Match(before.Version); err != nil {
		return before, err
	}
	fields, err := in.Patch.Apply(EntityChanges{Name: before.Name, CompanyNumber: before.CompanyNumber})
	if err != nil {
		return before, err
	}
	after := before
	after.Name, after.CompanyNumber = fields.Name, fields.CompanyNumber
	after.Version++
	d.Books.SaveEntity(c.Act, after, before.Version)
	c.Act.Changed(after.ID, after.Version, before, after)
	return after, nil
}
