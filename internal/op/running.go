package op

import "context"

// Running is the call that a context belongs to: what guards below the handlers hold its doings against.
type Running struct {
	Spec   *Spec
	Tenant string // of the caller; empty for a job, which looks after every tenant
}

type runningKey struct{}

// WithRunning marks a context as one call's. The pipeline does so before anything of the operation runs.
func WithRunning(ctx context.Context, spec *Spec, tenant string) context.Context {
	return context.WithValue(ctx, runningKey{}, Running{Spec: spec, Tenant: tenant})
}

// RunningIn gives the call that a context belongs to; false outside any.
func RunningIn(ctx context.Context) (Running, bool) {
	r, ok := ctx.Value(runningKey{}).(Running)
	return r, ok
}
