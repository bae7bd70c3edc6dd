package verify

import (
	"context"
	"maps"
	"slices"

	"backoffice/internal/store"
)

// Tenants lists every tenant of a store.
func Tenants(ctx context.Context, db *store.DB) ([]string, error) {
	seen := map[string]bool{}
	err := each(ctx, db, func(table string, it item) {
		if p := placeOf(table, it); table == "platform" && p.kind() == "TEN" {
			seen[p.sk] = true
		}
	})
	return slices.Sorted(maps.Keys(seen)), err
}
