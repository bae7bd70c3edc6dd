package platform

import (
	"context"
	"time"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// watchJobsEvery is how often it is looked whether jobs stand still.
const watchJobsEvery = 5 * time.Minute

// WatchJobs reports as metrics how many jobs have not ended, and how long the slowest of them has stood still. It changes
// nothing, and may be called by anyone at any time.
var WatchJobs = op.Op[Ports, op.None, op.None]{
	Spec: op.Spec{
		ID: "platform.watch-jobs", Kind: op.Job, Every: watchJobsEvery, Permission: "jobs.watch", NoRecord: "It reads only.", InMaintenance: "It reads only.",
		Summary:     "Look whether jobs stand still",
		Description: "Reads the sparse index of the jobs that have not ended and reports their number, and how long the one that has stood still longest has done so.",
		Access:      []op.Access{{Table: Table, Do: op.List, Indexes: "gsi1", AllTenants: "It looks at the jobs of every tenant."}},
	},
	Handle: watchJobs,
}

func watchJobs(ctx context.Context, c *op.Call, d Ports, _ op.None) (op.None, error) {
	return op.None{}, jobs.Watch(ctx, d.Jobs, c.At)
}
