// Package migration brings other systems' data in. An import takes a CSV file through a mapping into the books: its rows are
// checked and staged as journals, shown before anything is posted, posted by a job, reconciled, and then signed off or rolled
// back. A bad row never stops the others unless that is asked for. docs/import.md tells the whole way.
package migration

import "backoffice/internal/op"

// Table is the name of the domain's table.
const Table = "migration"

// Operations lists the domain's operations.
func Operations() []op.Operation {
	return []op.Operation{
		Mappings.Create(), Mappings.Get(), Mappings.Update(), Mappings.Archive(), Mappings.List(), &ListShippedMappings,
		&CreateImport, &GetImport, &ListImports,
		&ValidateImport, &StageRows, &PreviewImport, &ListStagedJournals, &ListRowErrors, &GetErrorFile,
		&ListSimilarParties, &ListRepeatedRows, &MergeParties,
		&CommitImport, &PostJournals, &ReconcileImport,
		&RollBackImport, &ReverseJournals, &SignOffImport, &ClearImports,
		Acts.TakeUp(), Acts.Sweep(), Acts.Changes(), Acts.Verify(),
	}
}
