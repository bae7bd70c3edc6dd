package platform

import (
	"context"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// CancelJob asks a job to stop. If-Match is optional: a job that is at work has a new version every moment.
var CancelJob = op.Op[Ports, JobRef, jobs.View]{
	Spec: op.Spec{
		ID: "platform.cancel-job", Kind: op.Command, Route: "POST /platform/v1/jobs/{jobId}/cancel", Permission: "jobs.cancel",
		Summary:     "Cancel a job",
		Description: "The job stops before its next step. What it has done stays done; starting the same work again goes on from there.",
		Narrows:     true,
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Path: "jobId=${migration.validate-import.id}"},
	},
	Handle: cancelJob,
	Again:  jobAgain[JobRef],
}

func cancelJob(ctx context.Context, c *op.Call, d Ports, in JobRef) (jobs.View, error) {
	before, err := d.job(ctx, c, in)
	if err != nil {
		return jobs.View{}, err
	}
	if err := c.Match(before.Version); err != nil {
		return jobs.View{}, err
	}
	after, err := before.Cancel(c.At)
	if err != nil {
		return jobs.View{}, err
	}
	d.Jobs.Save(c.Act, after, before.Version)
	c.Act.Changed(after.ID, after.Version, before.View(), after.View())
	return after.View(), nil
}

func jobAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (jobs.View, error) {
	j, err := d.Jobs.Job(ctx, c.Tenant, was.Result.ID)
	return j.View(), err
}
