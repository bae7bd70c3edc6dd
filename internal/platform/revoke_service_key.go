package platform

import (
	"context"

	"backoffice/internal/op"
)

// RevokeServiceKey takes a machine's way in away for good.
var RevokeServiceKey = op.Op[Ports, KeyRef, ServiceKey]{
	Spec: op.Spec{
		ID: "platform.revoke-service-key", Kind: op.Command, Route: "POST /platform/v1/service-keys/{keyId}/revoke", Permission: "service-keys.revoke",
		Summary:     "Revoke a service key",
		Description: "The key is refused from now on, and within a minute by every process. It cannot be brought back: create another.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		IfMatch:     true,
		Example:     op.Example{Path: "keyId=${platform.create-service-key.id}"},
	},
	Handle: revokeServiceKey,
	Again:  keyAgain[KeyRef],
}

func revokeServiceKey(ctx context.Context, c *op.Call, d Ports, in KeyRef) (ServiceKey, error) {
	k, err := d.Keys.Key(ctx, c.Tenant, in.KeyID)
	if err != nil {
		return ServiceKey{}, err
	}
	if err := c.Match(k.Version); err != nil {
		return ServiceKey{}, err
	}
	if k.State == StateRevoked {
		return ServiceKey{}, RuleRevoked.Err()
	}
	after := k
	after.State, after.Version = StateRevoked, k.Version+1
	d.Keys.SaveKey(c.Act, after, k.Version)
	c.Act.Changed(k.ID, after.Version, k, after)
	return after, nil
}
