package finance

import (
	"context"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// RebuildStep does one step of a rebuild.
var RebuildStep = op.Op[Ports, jobs.StepIn, jobs.Outcome]{
	Spec: op.Spec{
		ID: "finance.rebuild-step", Kind: op.Task, Permission: "projections.rebuild",
		Summary: "Do a step of a rebuild",
		Description: "Called step by step for the job of a rebuild, until it ends. A step's rows and the job's progress are one transaction, so that a crash resumes where it stopped. " +
			"Once rows are being discarded the job is not cancelled any more: it goes on until the projections are whole.",
		InMaintenance: "it is part of the maintenance",
		Access:        []op.Access{{Table: Table, Do: op.Get | op.List | op.Put | op.Update | op.Delete, Indexes: "pending"}},
		Uses:          []*op.Contribution{&jobs.Stepping},
		Example:       op.Example{Body: `{"job":"${finance.rebuild-projections.id}","step":0}`},
		MemoryMB:      1024,
	},
	Handle: rebuildStep,
	Again: func(ctx context.Context, c *op.Call, d Ports, in jobs.StepIn, _ op.Recorded) (jobs.Outcome, error) {
		return jobs.StepAgain(ctx, c, d.Jobs, in)
	},
}

// linksChecked is how many links of the audit chain a step verifies.
const linksChecked = 50

// rebuildStep does one step and moves the job on with it. What the step changes and where the job stands are one transaction, so
// a step that is called twice, by a retry or by two runners, is done once.
func rebuildStep(ctx context.Context, c *op.Call, d Ports, in jobs.StepIn) (jobs.Outcome, error) {
	st, err := jobs.Open(ctx, c, d.Jobs, in)
	if err != nil {
		return jobs.Outcome{}, err
	}
	was, err := d.Projections.Rebuild(ctx, c.Tenant)
	if err != nil {
		return jobs.Outcome{}, err
	}
	if was.Phase == RebuildChecking && st.Cancelled() { // from the next phase on there is no whole state to go back to
		return st.Cancel(), nil
	}
	next, broken, err := was.step(ctx, c, d)
	if err != nil {
		return jobs.Outcome{}, err
	}
	if broken { // projections made of a chain that is not whole would look as sound as any
		return st.Fail(RuleRebuildChain.Err()), nil
	}
	next.Version = was.Version + 1
	d.Projections.Save(c.Act, next, was.Version)
	p := jobs.Progress{Done: next.Added, Total: next.Found, Unit: st.Job.Progress.Unit}
	if next.Phase == RebuildDone {
		return st.Finish(p, jobs.Result{Record: next.ID, Location: st.Job.View().Location()}), nil
	}
	return st.Advance(p), nil
}

// step does what comes next, and no more than one transaction holds.
func (r Rebuild) step(ctx context.Context, c *op.Call, d Ports) (next Rebuild, broken bool, err error) {
	next = r
	var ended bool
	switch r.Phase {
	case RebuildChecking:
		return r.check(ctx, c, d)
	case RebuildForgetting:
		n, err := d.Projections.Forget(ctx, c.Act)
		if n == 0 {
			next.Phase = RebuildDiscarding
		}
		return next, false, err
	case RebuildDiscarding:
		if next, ended, err = d.Projections.Discard(ctx, c.Act, r); ended {
			next.Phase = RebuildAdding
		}
	case RebuildAdding:
		if next, ended, err = d.Projections.Add(ctx, c.Act, r); err == nil && ended {
			next.Phase = RebuildDone
			err = d.Projections.Release(ctx, c.Act)
		}
	case RebuildDone:
	}
	return next, false, err
}

// check verifies a stretch of the audit chain; at its end the projections are held.
func (r Rebuild) check(ctx context.Context, c *op.Call, d Ports) (Rebuild, bool, error) {
	acts, last, more, what, err := d.Chain.Check(ctx, Table, c.Tenant, r.Link, linksChecked)
	if err != nil || what != "" {
		return r, what != "", err
	}
	r.Found, r.Link = r.Found+acts, last
	if more {
		return r, false, nil
	}
	// Held, acts wait to be taken up: one that came in now would be discarded with the rest, and added a second time after.
	r.Phase, r.Link = RebuildForgetting, 0
	return r, false, d.Projections.Hold(ctx, c.Act, r.ID)
}
