package migration

import (
	"context"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// CommitImport has the staged journals of an import posted.
var CommitImport = op.Op[Ports, ImportRef, jobs.View]{
	Spec: op.Spec{
		ID: "migration.commit-import", Kind: op.Command, Route: "POST /migration/v1/imports/{importId}/commit", Status: 202, Permission: "imports.commit", IfMatch: true,
		Summary: "Commit an import",
		Description: "Starts a job that posts the staged journals, a chunk in each act. A journal that the ledger refuses by now is rejected with its rows; the others go on, " +
			"unless the import is to stop on any error. After a cancelled or failed job it goes on where that one stopped.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Uses:    []*op.Contribution{&jobs.Starting},
		Example: op.Example{Given: []string{"migration.stage-rows"}, Path: "importId=${migration.create-import.id}"},
	},
	Handle: commitImport,
	Again:  jobAgain[ImportRef],
}

func commitImport(ctx context.Context, c *op.Call, d Ports, in ImportRef) (jobs.View, error) {
	was, err := d.current(ctx, c, in)
	if err != nil {
		return jobs.View{}, err
	}
	switch {
	case was.State != Validated && was.State != Committing:
		return jobs.View{}, RuleImportState.Err()
	case was.Counts.Accepted == 0:
		return jobs.View{}, RuleImportEmpty.Err()
	case was.StopOnError && was.Counts.Rejected > 0:
		return jobs.View{}, RuleImportStop.Err()
	}
	work := jobs.Work{Task: PostJournals.Spec.ID, Unit: "journals", Total: was.Counts.Staged}
	return d.start(ctx, c, was, work, func(i *Import) { i.State = Committing })
}
