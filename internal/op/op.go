// Package op is the operation: its spec, and the one pipeline through which every call of every operation goes. An operation
// brings its spec, its input's checks, its loads and its decision; authentication, limits, decoding, rights, idempotency,
// dry run, versions, the one transaction, the audit entry, events and encoding are here, once.
package op

import (
	"context"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Op is one operation of a domain whose ports are D. It is a static struct literal with an unexported handler, so that the
// linker drops its siblings from the operation's own binary.
type Op[D, In, Out any] struct {
	Spec Spec
	// Handle loads, decides and, for a command, adds writes, changes and events to c.Act. It never commits.
	Handle func(ctx context.Context, c *Call, d D, in In) (Out, error)
	// Again rebuilds the answer to a repeated call from what the act recorded. Required for commands.
	Again func(ctx context.Context, c *Call, d D, in In, was Recorded) (Out, error)
}

// Operation is an operation of any domain.
type Operation interface {
	Describe() *Spec
	// Shapes registers the input's and answer's schemas and gives them: parameters, body, answer.
	Shapes(r huma.Registry) (params []Param, body, answer *huma.Schema)
	// Serve runs one call; deps are the domain's ports.
	Serve(ctx context.Context, rt *Runtime, deps any, req *Request) *Response
	// Tabular tells whether answers can be given as CSV.
	Tabular() bool
}

// Over is an operation of a domain whose ports are D: whoever opens the ports and whoever names the operation must agree.
type Over[D any] interface {
	Operation
	over(D)
}

func (*Op[D, In, Out]) over(D)    {}
func (*Batch[D, In, Out]) over(D) {}

// None is the input or answer of an operation that has none.
type None struct{}

// Describe gives the spec.
func (o *Op[D, In, Out]) Describe() *Spec { return &o.Spec }

// Shapes describes input and answer.
func (o *Op[D, In, Out]) Shapes(r huma.Registry) ([]Param, *huma.Schema, *huma.Schema) {
	in := Describe(r, reflect.TypeFor[In]())
	out := reflect.TypeFor[Out]()
	if out == reflect.TypeFor[None]() {
		return in.params, in.body, nil
	}
	return in.params, in.body, r.Schema(out, true, out.Name())
}

// Tabular tells whether answers can be given as CSV.
func (o *Op[D, In, Out]) Tabular() bool {
	return reflect.TypeFor[Out]().Implements(reflect.TypeFor[Tabular]())
}

// Serve runs one call through the pipeline.
func (o *Op[D, In, Out]) Serve(ctx context.Context, rt *Runtime, deps any, req *Request) *Response {
	d, ok := deps.(D)
	if !ok {
		return Refuse(errDeps, req.ID)
	}
	run := &run[D, In, Out]{op: o, rt: rt, deps: d, req: req}
	return run.serve(ctx)
}
