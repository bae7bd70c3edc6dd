package platform

import (
	"context"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// JobRef names a job in the path.
type JobRef struct {
	JobID string `path:"jobId" json:"-" doc:"job_…"`
}

// job reads a job that the caller may see: every job, or with a narrower right those that the caller, or somebody who reports
// to the caller, started.
func (d Ports) job(ctx context.Context, c *op.Call, ref JobRef) (jobs.Job, error) {
	j, err := d.Jobs.Job(ctx, c.Tenant, ref.JobID)
	if err != nil {
		return j, err
	}
	if !seesJob(c, j) {
		return j, op.RuleNotFound.Err()
	}
	return j, nil
}

func seesJob(c *op.Call, j jobs.Job) bool { return c.Concerns(j.CreatedBy) == nil }
