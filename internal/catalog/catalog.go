// Package catalog names all domains; nothing else does. Hosts, stacks, documents and tests learn from it which operations
// there are.
package catalog

import (
	"context"
	"fmt"

	"backoffice/internal/fault"
	"backoffice/internal/finance"
	"backoffice/internal/finance/financewire"
	"backoffice/internal/flow"
	"backoffice/internal/jobs"
	"backoffice/internal/migration"
	"backoffice/internal/migration/migrationwire"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/resource"
	"backoffice/internal/wire"
)

// Domain is one area of the back office, with its own table and its own stack.
type Domain struct {
	Name       string
	Title      string
	Operations []op.Operation
	Rules      []fault.Rule
	// Flows are the domain's state machines: those of its own, and one for each operation that does a job's steps.
	Flows []flow.Machine
	// Open makes the domain's ports.
	Open func(ctx context.Context, env *wire.Env) (any, error)
}

// Domains lists every domain.
func Domains() []Domain {
	all := []Domain{
		{Name: "platform", Title: "Platform", Operations: platform.Operations(), Rules: platform.Rules(), Open: opener(platformwire.Open)},
		{Name: "finance", Title: "Finance", Operations: finance.Operations(), Rules: finance.Rules(), Open: opener(financewire.Open)},
		{Name: "migration", Title: "Migration", Operations: migration.Operations(), Rules: migration.Rules(), Open: opener(migrationwire.Open)},
	}
	for i := range all {
		all[i].Flows = append(all[i].Flows, jobs.Flows(all[i].Operations)...)
	}
	return all
}

func opener[D any](open func(context.Context, *wire.Env) (D, error)) func(context.Context, *wire.Env) (any, error) {
	return func(ctx context.Context, env *wire.Env) (any, error) { return open(ctx, env) }
}

// Operations lists every operation of every domain.
func Operations() []op.Operation {
	var all []op.Operation
	for _, d := range Domains() {
		all = append(all, d.Operations...)
	}
	return all
}

// Rules lists every rule a caller can break.
func Rules() []fault.Rule {
	all := append(op.Rules(), resource.Rules()...)
	for _, d := range Domains() {
		all = append(all, d.Rules...)
	}
	return all
}

// Find gives the operation with an id.
func Find(id string) (op.Operation, error) {
	for _, o := range Operations() {
		if o.Describe().ID == id {
			return o, nil
		}
	}
	return nil, fmt.Errorf("catalog: no operation %q", id)
}

// Rights lists every right that an operation asks for.
func Rights() []string {
	seen := map[string]bool{}
	var all []string
	for _, o := range Operations() {
		if r := o.Describe().Right(); !seen[r] {
			seen[r] = true
			all = append(all, r)
		}
	}
	return all
}
