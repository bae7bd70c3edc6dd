package migration

import (
	"context"
	"slices"

	"backoffice/internal/jobs"
	"backoffice/internal/op"
)

// ValidateImport has an import's file read, its rows checked and its journals staged.
var ValidateImport = op.Op[Ports, ImportRef, jobs.View]{
	Spec: op.Spec{
		ID: "migration.validate-import", Kind: op.Command, Route: "POST /migration/v1/imports/{importId}/validate", Status: 202, Permission: "imports.validate", IfMatch: true,
		Summary: "Validate an import",
		Description: "Starts a job that takes the file as it is now, checks every row, and stages the journals. Nothing enters the books. May be repeated, for instance " +
			"after fiscal years were opened, until the import is committed.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Uses:    []*op.Contribution{&jobs.Starting},
		Example: op.Example{Path: "importId=${migration.create-import.id}"},
	},
	Handle: validateImport,
	Again:  jobAgain[ImportRef],
}

func validateImport(ctx context.Context, c *op.Call, d Ports, in ImportRef) (jobs.View, error) {
	was, err := d.current(ctx, c, in)
	if err != nil {
		return jobs.View{}, err
	}
	if !slices.Contains([]State{Created, Validating, Validated, RolledBack}, was.State) {
		return jobs.View{}, RuleImportState.Err()
	}
	if was.ClearedAt != nil {
		return jobs.View{}, RuleImportCleared.Err()
	}
	return d.start(ctx, c, was, jobs.Work{Task: StageRows.Spec.ID, Unit: "rows"}, func(i *Import) {
		zero := i.Sums.File.Sub(i.Sums.File)
		i.State, i.Next, i.Merged = Validating, 0, false
		i.Round++
		i.Counts, i.Sums, i.Undo, i.Worksheets = Counts{}, Sums{zero, zero, zero, zero}, nil, nil
		i.File.SHA256, i.File.Taken, i.File.Sheet = "", "", false
	})
}
