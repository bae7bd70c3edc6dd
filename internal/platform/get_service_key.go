package platform

import (
	"context"

	"backoffice/internal/op"
)

// GetServiceKey reads a service key's record.
var GetServiceKey = op.Op[Ports, KeyRef, ServiceKey]{
	Spec: op.Spec{
		ID: "platform.get-service-key", Kind: op.Query, Route: "GET /platform/v1/service-keys/{keyId}", Permission: "service-keys.read",
		Summary: "Read a service key",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "keyId=${platform.create-service-key.id}"},
	},
	Handle: getServiceKey,
}

// KeyRef names a service key in the path.
type KeyRef struct {
	KeyID string `path:"keyId" json:"-" doc:"key_…"`
}

func getServiceKey(ctx context.Context, c *op.Call, d Ports, in KeyRef) (ServiceKey, error) {
	return d.Keys.Key(ctx, c.Tenant, in.KeyID)
}
