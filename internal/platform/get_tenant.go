package platform

import (
	"context"

	"backoffice/internal/op"
)

// GetTenant reads the caller's tenant or one that it holds.
var GetTenant = op.Op[Ports, TenantRef, Tenant]{
	Spec: op.Spec{
		ID: "platform.get-tenant", Kind: op.Query, Route: "GET /platform/v1/tenants/{tenantId}", Permission: "tenants.read",
		Summary: "Read a tenant",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "tenantId=${platform.create-tenant.id}"},
	},
	Handle: getTenant,
}

// TenantRef names a tenant in the path.
type TenantRef struct {
	TenantID string `path:"tenantId" json:"-" doc:"ten_…"`
}

func getTenant(ctx context.Context, c *op.Call, d Ports, in TenantRef) (Tenant, error) {
	return d.Tenants.Tenant(ctx, c.Tenant, in.TenantID)
}
