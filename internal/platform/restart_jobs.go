package platform

import (
	"context"
	"time"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// restartJobsEvery is how often it is looked for jobs that nobody goes on with.
const restartJobsEvery = 10 * time.Minute

// RestartJobs announces anew the jobs that have stood still for long, so that they are gone on with. It may be called by anyone
// at any time: a step counts once, whoever calls it.
var RestartJobs = op.Op[Ports, op.None, op.None]{
	Spec: op.Spec{
		ID: "platform.restart-jobs", Kind: op.Job, Every: restartJobsEvery, Permission: "jobs.restart", NoRecord: "It announces again what is recorded already.",
		Summary:     "Go on with jobs that stand still",
		Description: "Reads the sparse index of the jobs that have not ended and announces anew those that have not moved for half an hour.",
		Access:      []op.Access{{Table: Table, Do: op.List, Indexes: "gsi1", AllTenants: "It looks after the jobs of every tenant."}},
		Emits:       []*op.Event{&jobs.Waiting},
	},
	Handle: restartJobs,
}

func restartJobs(ctx context.Context, c *op.Call, d Ports, _ op.None) (op.None, error) {
	return op.None{}, jobs.Restart(ctx, d.Jobs, d.Announcer, c.At)
}
