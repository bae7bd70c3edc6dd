package platform

import (
	"context"

	"backoffice/internal/op"
)

// CreateServiceKey gives a machine a way in.
var CreateServiceKey = op.Op[Ports, CreateServiceKeyIn, ServiceKey]{
	Spec: op.Spec{
		ID: "platform.create-service-key", Kind: op.Command, Route: "POST /platform/v1/service-keys", Status: 201, Permission: "service-keys.create",
		Summary:     "Create a service key",
		Description: "Makes a key with which a machine calls. Its bearer is shown in this answer and never again: a repeated call answers with the record alone. The key has no rights until roles are granted to it.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Exempt:      []op.Exemption{{Rule: "replay", Because: "the secret is not kept, so a repeated call cannot show it again"}},
		StepUp:      stepUp,
		Example:     op.Example{Body: `{"name":"Nightly export"}`},
	},
	Handle: createServiceKey,
	Again:  keyAgain[CreateServiceKeyIn],
}

// CreateServiceKeyIn is the input of CreateServiceKey.
type CreateServiceKeyIn struct{ ServiceKeyFields }

func createServiceKey(_ context.Context, c *op.Call, d Ports, in CreateServiceKeyIn) (ServiceKey, error) {
	random, err := secret(d.Random)
	if err != nil {
		return ServiceKey{}, err
	}
	text := secretOf(c.Tenant, random)
	k := ServiceKey{ID: c.NewID("key"), Name: in.Name, State: StateActive, SecretHash: HashSecret(text), Version: 1}
	d.Keys.AddKey(c.Act, k)
	c.Act.Record(k.ID, k.Version)
	if !c.DryRun {
		k.Bearer = k.ID + "." + text
	}
	return k, nil
}

// keyAgain answers a repeated call about a service key, without its bearer.
func keyAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (ServiceKey, error) {
	return d.Keys.Key(ctx, c.Tenant, was.Result.ID)
}
