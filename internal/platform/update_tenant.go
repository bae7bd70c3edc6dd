package platform

import (
	"context"

	"backoffice/internal/op"
)

// UpdateTenant changes the caller's tenant or one that it holds.
var UpdateTenant = op.Op[Ports, UpdateTenantIn, Tenant]{
	Spec: op.Spec{
		ID: "platform.update-tenant", Kind: op.Command, Route: "PATCH /platform/v1/tenants/{tenantId}", Permission: "tenants.update",
		Summary: "Change a tenant",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put, AllTenants: "a client's record stands in its own partition and in its holder's; both change together"}},
		IfMatch: true,
		Example: op.Example{Path: "tenantId=${platform.create-tenant.id}", Body: `{"name":"Kelso Bakery (2026) Ltd"}`},
	},
	Handle: updateTenant,
	Again:  tenantAgain[UpdateTenantIn],
}

// UpdateTenantIn is the input of UpdateTenant.
type UpdateTenantIn struct {
	TenantRef
	Patch op.Merge[TenantFields] `body:"merge" json:"-"`
}

func updateTenant(ctx context.Context, c *op.Call, d Ports, in UpdateTenantIn) (Tenant, error) {
	t, err := d.Tenants.Tenant(ctx, c.Tenant, in.TenantID)
	if err != nil {
		return Tenant{}, err
	}
	if err := c.Match(t.Version); err != nil {
		return Tenant{}, err
	}
	f, err := in.Patch.Apply(t.fields())
	if err != nil {
		return Tenant{}, err
	}
	after := t.with(f)
	d.Tenants.SaveTenant(c.Act, after, t.Version)
	c.Act.Changed(t.ID, after.Version, t, after)
	return after, nil
}
