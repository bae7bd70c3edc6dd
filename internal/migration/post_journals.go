package migration

import (
	"context"

	"backoffice/internal/finance"
	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// actItemsMax is how many items the journals of one act may write, with what belongs to them. The rest of the hundred are the
// act, the job, the import, its totals, the chunk and its rejected rows.
const actItemsMax = 94

// PostJournals does one step of a commit: it posts the journals of a chunk.
var PostJournals = op.Op[Ports, jobs.StepIn, jobs.Outcome]{
	Spec: op.Spec{
		ID: "migration.post-journals", Kind: op.Task, Permission: "imports.commit",
		Summary:     "Post journals of an import",
		Description: "Called step by step for the job of a commit, until it ends. One act posts a chunk of journals, holds their rows' ids, makes the parties that are new, and moves the job on.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Uses:        []*op.Contribution{&jobs.Stepping, &finance.Posting},
		Example:     op.Example{Body: `{"job":"${migration.commit-import.id}","step":0}`},
	},
	Handle: postJournals,
	Again:  stepAgain,
}

func postJournals(ctx context.Context, c *op.Call, d Ports, in jobs.StepIn) (jobs.Outcome, error) {
	st, i, out, ended, err := d.openStep(ctx, c, in)
	if err != nil || ended {
		return out, err
	}
	p, err := d.posting(ctx, c, i)
	if err != nil {
		return out, err
	}
	if err := p.run(ctx, c, d); err != nil {
		return out, err
	}
	if i.StopOnError && len(p.refused.Rows) > 0 && p.newly > 0 {
		return st.Fail(RuleImportStop.Err()), nil // nothing of this chunk has been added to the act
	}
	if err := p.enter(ctx, c, d); err != nil {
		return out, err
	}
	after := d.save(c, p.after, i)
	progress := jobs.Progress{Done: after.Counts.Posted, Total: after.Counts.Staged, Unit: st.Job.Progress.Unit}
	if after.State == Committed {
		return st.Finish(progress, after.result()), nil
	}
	return st.Advance(progress), nil
}
