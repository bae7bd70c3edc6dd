package platform

import (
	"context"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// GetJob reads a job: how far it is, and what came of it.
var GetJob = op.Op[Ports, JobRef, jobs.View]{
	Spec: op.Spec{
		ID: "platform.get-job", Kind: op.Query, Route: "GET /platform/v1/jobs/{jobId}", Permission: "jobs.read",
		Summary:     "Read a job",
		Description: "Long work answers 202 with the address of its job. Ask again until its state is done, failed or cancelled.",
		Narrows:     true,
		Access:      []op.Access{{Table: Table, Do: op.Get}},
		Example:     op.Example{Path: "jobId=${migration.validate-import.id}"},
	},
	Handle: getJob,
}

func getJob(ctx context.Context, c *op.Call, d Ports, in JobRef) (jobs.View, error) {
	j, err := d.job(ctx, c, in)
	if err != nil {
		return jobs.View{}, err
	}
	return j.View(), nil
}
