package finance

import (
	"context"

	"backoffice/internal/op"
)

// TakeUpActs publishes the events of the tenant's waiting acts and brings their journals into the projections.
var TakeUpActs = op.Op[Ports, op.None, op.None]{
	Spec: op.Spec{
		ID: "finance.take-up-acts", Kind: op.Task, Permission: "acts.take-up",
		Summary:     "Take up waiting acts",
		Description: "Called for a tenant whose acts wait: by the table's stream in the cloud, by the host's relay on-premise. Every act is taken up exactly once, whoever calls and however often.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Update, Indexes: "pending"}},
		NoRecord:    "It settles acts that are recorded already.",
	},
	Handle: func(ctx context.Context, c *op.Call, d Ports, _ op.None) (op.None, error) {
		return op.None{}, d.Relay.Drain(ctx, Table, c.Tenant)
	},
}
