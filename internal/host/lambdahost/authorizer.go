package lambdahost

import (
	"context"
	"time"

	"backoffice/internal/op"
	"backoffice/internal/wire"
)

// authorizer gives the function's authorizer.
func authorizer(*wire.Env) op.Authorizer { return denyAll{} }

// denyAll refuses every call: the state of a system that knows of no grants.
type denyAll struct{}

// Authorize refuses.
func (denyAll) Authorize(context.Context, op.Identity, op.Spec, time.Time) (op.Grant, error) {
	return op.Grant{}, op.RuleForbidden.Err()
}
