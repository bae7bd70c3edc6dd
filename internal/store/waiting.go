package store

import (
	"context"
	"strings"
)

// TenantsPending lists the tenants whose acts wait in a table. It scans the sparse index, which holds nothing but waiting acts:
// its cost grows with what waits, not with the table.
func (d *DB) TenantsPending(ctx context.Context, table string) ([]string, error) {
	var rows []pendingKeyRow
	if err := d.table(table).Scan().Index(IndexPending).All(ctx, &rows); err != nil {
		return nil, callError("scan waiting acts of "+table, err)
	}
	seen := map[string]bool{}
	var out []string
	for _, r := range rows {
		if tenant, _, _ := strings.Cut(r.PK, sep); !seen[tenant] {
			seen[tenant] = true
			out = append(out, tenant)
		}
	}
	return out, nil
}
