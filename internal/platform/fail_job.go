package platform

import (
	"context"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// FailJob records that a job was given up, and why. The runner and the state machine call it.
var FailJob = op.Op[Ports, jobs.FailIn, jobs.View]{
	Spec: op.Spec{
		ID: "platform.fail-job", Kind: op.Task, Permission: "jobs.fail",
		Summary: "Record that a job failed",
		Description: "Called by whoever does a job's steps, after a step was refused for good or the attempts were spent. It counts for the step that it names: " +
			"where the job waits for another one by now, or none is named, it is refused, and the job stays as it is.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example: op.Example{Body: `{"job":"${migration.validate-import.id}","step":0,"code":"PLT-JOB-003","detail":"The job was given up after several attempts at one step."}`},
	},
	Handle: failJob,
	Again:  jobAgain[jobs.FailIn],
}

func failJob(ctx context.Context, c *op.Call, d Ports, in jobs.FailIn) (jobs.View, error) {
	before, err := d.Jobs.Job(ctx, c.Tenant, in.Job)
	if err != nil {
		return jobs.View{}, err
	}
	after, err := before.GiveUp(in.Step, jobs.Problem{Code: in.Code, Detail: in.Detail}, c.At)
	if err != nil {
		return jobs.View{}, err
	}
	d.Jobs.Save(c.Act, after, before.Version)
	c.Act.Changed(after.ID, after.Version, before.View(), after.View())
	jobs.GivenUp(ctx)
	return after.View(), nil
}
