package jobs

import (
	_ "embed" // the state machine is read as bytes, the same by stacks and tests
	"slices"

	"backoffice/internal/flow"
	"backoffice/internal/op"
)

// runJob is the state machine that does in the cloud what the runner does on-premise. Executions that run for one job at a
// time do no harm: each calls the same steps under the same keys. What bounds it: an execution's history holds 25,000 events,
// of which a step takes nine and each of its retries three more, so it hands over to a new execution after 2,000 steps; that
// one's name is job and step, at most 40 of 80 characters, and so only one of several takes over; state is ids only, of 256 KB.
//
//go:embed flows/run-job.asl.json
var runJob string

// Flows makes the state machines that do the jobs of a domain: one for each of its operations that does a job's steps, started
// when a job for it is announced.
func Flows(operations []op.Operation) []flow.Machine {
	var out []flow.Machine
	for _, o := range operations {
		s := o.Describe()
		if s.Kind != op.Task || !slices.Contains(s.Uses, &Stepping) {
			continue
		}
		out = append(out, flow.Machine{Name: "run-" + s.Name(), Definition: runJob, With: map[string]string{"task": s.ID},
			On: Waiting.Type, Where: map[string][]string{"task": {s.ID}}})
	}
	return out
}
