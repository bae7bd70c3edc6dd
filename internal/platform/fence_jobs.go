package platform

import (
	"context"
	"errors"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// FenceJobs shuts out whoever is at work on a job, and has every job gone on with by somebody new.
var FenceJobs = op.Op[Ports, op.None, FencedJobs]{
	Spec: op.Spec{
		ID: "platform.fence-jobs", Kind: op.Job, Permission: "jobs.fence",
		Summary: "Shut out older executions of all jobs",
		Description: "Called by operators after a restore. Every job that has not ended leaps to a step that no execution from before can know of, and is announced anew: " +
			"older executions end by themselves at their next call. It may be called again at any time.",
		Access:        []op.Access{{Table: Table, Do: op.Get | op.List | op.Put, Indexes: "gsi1", AllTenants: "it looks after the jobs of every tenant"}},
		Emits:         []*op.Event{&jobs.Waiting},
		NoRecord:      "it commits an act of its own in each job's tenant",
		InMaintenance: "it is part of the maintenance",
	},
	Handle: fenceJobs,
}

// FencedJobs tells what was fenced.
type FencedJobs struct {
	Jobs int `json:"jobs" doc:"How many jobs were fenced"`
}

func fenceJobs(ctx context.Context, c *op.Call, d Ports, _ op.None) (FencedJobs, error) {
	all, err := d.Jobs.Active(ctx)
	if err != nil {
		return FencedJobs{}, err
	}
	var out FencedJobs
	var failed error
	for _, before := range all {
		after, err := before.Fence(c.At)
		if err != nil {
			continue // it has ended meanwhile
		}
		act := ownAct(c, before.Tenant, op.SystemPrincipal, "", "")
		d.Jobs.Save(act, after, before.Version)
		act.Emit(jobs.Waiting.Type, after.ID, after.Version, after.Announcement())
		act.Changed(after.ID, after.Version, before.View(), after.View())
		if err := commitOwn(ctx, c, d, act); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		out.Jobs++
	}
	return out, failed
}
