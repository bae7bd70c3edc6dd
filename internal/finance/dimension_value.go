package finance

import (
	"context"
	"encoding/json"
	"fmt"

	"backoffice/internal/fault"
	"backoffice/internal/op"
	"backoffice/internal/resource"
)

// DimensionValue is a value of a dimension of an entity: a cost centre, a department, a project, a fund.
type DimensionValue struct {
	resource.Head
	DimensionValueFields
}

// Location gives the record's address.
func (v DimensionValue) Location() string { return "/finance/v1/dimension-values/" + v.ID }

// DimensionValueFields are what is said of a dimension value; entity, dimension and code are its key.
type DimensionValueFields struct {
	Entity    string `json:"entity" pattern:"^ent_[0-9A-HJKMNP-TV-Z]{26}$"`
	Dimension string `json:"dimension" maxLength:"24" example:"cost-centre"`
	Code      string `json:"code" pattern:"^[A-Z0-9][A-Z0-9-]{0,23}$" example:"OPS"`
	Name      string `json:"name" minLength:"1" maxLength:"120" example:"Operations"`
	Parent    string `json:"parent,omitempty" maxLength:"24" doc:"Code of the value above. Reports show each value by itself"`
}

// Validate checks what the schema cannot say.
func (f *DimensionValueFields) Validate(c *fault.Collector) { checkBlank(c, "/name", f.Name) }

// DimensionValues are the values of the entities' dimensions.
var DimensionValues = resource.Kind[Ports, DimensionValueFields, DimensionValue]{
	Domain: "finance", Table: Table, Name: "dimension-value", Plural: "dimension-values", Title: "a value of a dimension",
	Description: "Adds a value to a dimension of an entity, such as a cost centre. Journal lines name it by its code.",
	Example:     `{"entity":"${finance.create-entity.id}","dimension":"cost-centre","code":"OPS","name":"Operations"}`,
	Change:      `{"name":"Operations and estates"}`,
	Within:      "<entity id>.<dimension>", WithinLike: "${finance.create-entity.id}.cost-centre",
	Keeper: func(d Ports) resource.Keeper { return d.Records },
	Join:   func(h resource.Head, f DimensionValueFields) DimensionValue { return DimensionValue{h, f} },
	Split:  func(v DimensionValue) (resource.Head, DimensionValueFields) { return v.Head, v.DimensionValueFields },
	Place:  func(f DimensionValueFields) (string, string) { return f.Entity + "." + f.Dimension, f.Code },
	Check:  checkDimensionValue,
	Entity: func(f DimensionValueFields) string { return f.Entity },
}

// DimensionValuePlace gives where a value stands, as posting looks for it.
func DimensionValuePlace(entity string, k DimensionKey) (kind, within, key string) {
	return "dimension-values", entity + "." + k.Dimension, k.Value
}

func checkDimensionValue(ctx context.Context, c *op.Call, d Ports, before *DimensionValue, f DimensionValueFields) error {
	chart, err := d.chart(ctx, c, f.Entity)
	if err != nil {
		return entityFault(err)
	}
	if !chart.HasDimension(f.Dimension) {
		return RuleDimensionRule.At("/dimension")
	}
	if f.Parent == "" || before != nil && before.Parent == f.Parent {
		return nil
	}
	return checkValueParent(ctx, c, d, f)
}

// valueLevelsMax bounds how deep values stand below one another.
const valueLevelsMax = 8

// checkValueParent walks up from the parent: it must be in use, and the value itself must not stand above it.
func checkValueParent(ctx context.Context, c *op.Call, d Ports, f DimensionValueFields) error {
	above := f.Parent
	for level := 1; above != ""; level++ {
		kind, within, key := DimensionValuePlace(f.Entity, DimensionKey{f.Dimension, above})
		s, found, err := d.Records.Load(ctx, c.Tenant, kind, within, key)
		if err != nil {
			return err
		}
		if !found || above == f.Code || level >= valueLevelsMax || level == 1 && s.Head.Archived {
			return RuleValueParent.At("/parent")
		}
		var next DimensionValueFields
		if err := json.Unmarshal(s.Fields, &next); err != nil {
			return fmt.Errorf("dimension value %s: %w", s.Head.ID, err)
		}
		above = next.Parent
	}
	return nil
}
