package platform

import (
	"context"

	"backoffice/internal/op"
)

// ListServiceKeys lists service keys.
var ListServiceKeys = op.Op[Ports, op.PageOf, op.Records[ServiceKey]]{
	Spec: op.Spec{
		ID: "platform.list-service-keys", Kind: op.Query, Route: "GET /platform/v1/service-keys", Permission: "service-keys.read",
		Summary: "List service keys",
		Access:  []op.Access{{Table: Table, Do: op.List, Indexes: "gsi1"}},
		Example: op.Example{Given: []string{"platform.create-service-key"}, Query: "limit=20"},
	},
	Handle: listServiceKeys,
}

func listServiceKeys(ctx context.Context, c *op.Call, d Ports, in op.PageOf) (op.Records[ServiceKey], error) {
	return listed(c, in, func(p Page) ([]ServiceKey, map[string]string, error) { return d.Keys.Keys(ctx, c.Tenant, p) })
}
