package platform_test

import (
	"context"
	"encoding/json"
	"testing"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
	"backoffice/internal/platform"
	"backoffice/internal/platform/platformtest"
	"backoffice/internal/store"
)

// jobBench has jobs of a task of the test's own done by the platform's operations.
type jobBench struct {
	*platformtest.System
	tenant, user string
	task         *op.Op[platform.Ports, jobs.StepIn, jobs.Outcome]
	refused      error // what each step is refused with; nil lets it go on
}

func newJobBench(t *testing.T) *jobBench {
	b := &jobBench{System: platformtest.New(t)}
	b.tenant, b.user, _ = b.Admin()
	b.task = &op.Op[platform.Ports, jobs.StepIn, jobs.Outcome]{
		Spec:   op.Spec{ID: "platform.test", Kind: op.Task, Uses: []*op.Contribution{&jobs.Stepping}},
		Handle: b.step,
		Again: func(ctx context.Context, c *op.Call, d platform.Ports, in jobs.StepIn, _ op.Recorded) (jobs.Outcome, error) {
			return jobs.StepAgain(ctx, c, d.Jobs, in)
		},
	}
	return b
}

func (b *jobBench) step(ctx context.Context, c *op.Call, d platform.Ports, in jobs.StepIn) (jobs.Outcome, error) {
	s, err := jobs.Open(ctx, c, d.Jobs, in)
	if err != nil {
		return jobs.Outcome{}, err
	}
	if b.refused != nil {
		return jobs.Outcome{}, b.refused
	}
	return s.Advance(jobs.Progress{}), nil
}

// start puts a job of a tenant into the store.
func (b *jobBench) start(tenant string, state jobs.State, step int) jobs.Job {
	b.T.Helper()
	act := &op.Act{ID: b.Env.IDs.New("act"), Tenant: tenant, Operation: b.task.Spec.ID, Principal: b.user, At: b.Env.Clock(), Status: 200}
	j := jobs.Job{ID: b.Env.IDs.New(jobs.Prefix), Tenant: tenant, Kind: b.task.Spec.ID, Task: b.task.Spec.ID, State: state, Step: step,
		CreatedAt: act.At, UpdatedAt: act.At, Version: 1}
	b.Ports.Jobs.Add(act, j)
	if err := store.NewActs(b.Env.DB, nil).Commit(b.T.Context(), &b.task.Spec, act); err != nil {
		b.T.Fatal(err)
	}
	return j
}

// now gives a job as it stands.
func (b *jobBench) now(j jobs.Job) jobs.Job {
	b.T.Helper()
	out, err := b.Ports.Jobs.Job(b.T.Context(), j.Tenant, j.ID)
	if err != nil {
		b.T.Fatal(err)
	}
	return out
}

// call calls an operation as the runner and the state machine do.
func (b *jobBench) call(operation, tenant, key string, input []byte) ([]byte, error) {
	var o op.Operation = b.task
	for _, each := range platform.Operations() {
		if each.Describe().ID == operation {
			o = each
		}
	}
	resp := o.Serve(b.T.Context(), b.Runtime, b.Ports, &op.Request{Identity: &op.Identity{Tenant: tenant, Principal: op.SystemPrincipal}, Body: input,
		Header: map[string][]string{"Idempotency-Key": {key}}})
	if resp.Problem != nil {
		return nil, resp.Problem
	}
	return resp.Body, nil
}

// do does one step of a job, and gives what it was refused with.
func (b *jobBench) do(j jobs.Job, step int) error {
	b.T.Helper()
	body, err := json.Marshal(jobs.StepIn{Job: j.ID, Step: step})
	if err != nil {
		b.T.Fatal(err)
	}
	_, err = b.call(b.task.Spec.ID, j.Tenant, b.Env.IDs.ULID(), body)
	return err
}

// fence fences every job.
func (b *jobBench) fence() {
	b.T.Helper()
	if _, err := b.call("platform.fence-jobs", "", "", nil); err != nil {
		b.T.Fatal(err)
	}
}
