package platform

import (
	"context"

	"backoffice/internal/op"
)

// ListTenants lists the caller's tenant and those that it holds.
var ListTenants = op.Op[Ports, op.PageOf, op.Records[Tenant]]{
	Spec: op.Spec{
		ID: "platform.list-tenants", Kind: op.Query, Route: "GET /platform/v1/tenants", Permission: "tenants.read",
		Summary: "List the tenant and its client tenants",
		Access:  []op.Access{{Table: Table, Do: op.List}},
		Example: op.Example{Query: "limit=20"},
	},
	Handle: listTenants,
}

func listTenants(ctx context.Context, c *op.Call, d Ports, in op.PageOf) (op.Records[Tenant], error) {
	return listed(c, in, func(p Page) ([]Tenant, map[string]string, error) { return d.Tenants.Tenants(ctx, c.Tenant, p) })
}
