package migration

import (
	"context"
	"encoding/json"
	"fmt"

	"backoffice/internal/migration/mappings"
	"backoffice/internal/op"
)

// ListShippedMappings lists the mappings that come with the system.
var ListShippedMappings = op.Op[Ports, op.None, ShippedMappings]{
	Spec: op.Spec{
		ID: "migration.list-shipped-mappings", Kind: op.Query, Route: "GET /migration/v1/shipped-mappings", Permission: "mappings.read",
		Summary:     "List shipped mappings",
		Description: "Mappings for known kinds of file that come with the system. An import names one by its name; to change one, save a copy.",
	},
	Handle: listShippedMappings,
}

// ShippedMappings are the mappings that come with the system.
type ShippedMappings struct {
	Data []MappingFields `json:"data"`
}

func listShippedMappings(_ context.Context, c *op.Call, _ Ports, _ op.None) (ShippedMappings, error) {
	c.Shared() // whoever imports for one entity needs them as well
	out := ShippedMappings{}
	for _, name := range mappings.Names() {
		m, _, err := shipped(name)
		if err != nil {
			return out, err
		}
		out.Data = append(out.Data, m)
	}
	return out, nil
}

// shipped reads a mapping that comes with the system; ok is false when there is none of that name.
func shipped(name string) (m MappingFields, ok bool, err error) {
	raw, ok := mappings.Mapping(name)
	if !ok {
		return m, false, nil
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, false, fmt.Errorf("shipped mapping %s: %w", name, err)
	}
	return m, true, nil
}
