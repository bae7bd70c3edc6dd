package platform

import (
	"context"
	"slices"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// ListJobs lists the tenant's jobs, the newest first.
var ListJobs = op.Op[Ports, ListJobsIn, op.Records[jobs.View]]{
	Spec: op.Spec{
		ID: "platform.list-jobs", Kind: op.Query, Route: "GET /platform/v1/jobs", Permission: "jobs.read",
		Summary: "List jobs",
		Narrows: true,
		Access:  []op.Access{{Table: Table, Do: op.List}},
		Example: op.Example{Given: []string{"migration.validate-import"}, Query: "limit=20"},
	},
	Handle: listJobs,
}

// ListJobsIn is the input of ListJobs.
type ListJobsIn struct {
	op.PageOf
	State []jobs.State `query:"state" json:"-" enum:"queued,running,cancelling,cancelled,done,failed" doc:"Only jobs in these states"`
}

func listJobs(ctx context.Context, c *op.Call, d Ports, in ListJobsIn) (op.Records[jobs.View], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[jobs.View]{}, err
	}
	c.Shared()
	read := func(p Page) ([]jobs.Job, map[string]string, error) {
		return d.Jobs.Jobs(ctx, c.Tenant, p.Limit, p.After)
	}
	found, next, err := kept(in.PageOf, after, read, func(j jobs.Job) bool {
		return seesJob(c, j) && (len(in.State) == 0 || slices.Contains(in.State, j.State))
	})
	if err != nil {
		return op.Records[jobs.View]{}, err
	}
	views := make([]jobs.View, len(found))
	for i, j := range found {
		views[i] = j.View()
	}
	return op.NewRecords(c, in.PageOf, views, next), nil
}
