// Package finance keeps books: entities, charts of accounts, fiscal calendars, journals, and the reports drawn from them.
package finance

import "backoffice/internal/op"

// Table is the name of the domain's table.
const Table = "finance"

// Operations lists the domain's operations.
func Operations() []op.Operation {
	return []op.Operation{
		&CreateEntity, &GetEntity, &UpdateEntity, &ListEntities,
		&CreateAccount, &CreateAccounts, &GetAccount, &UpdateAccount, &ArchiveAccount, &ListAccounts,
		&CreateDimension, &ListDimensions, &CreateSeries,
		DimensionValues.Create(), DimensionValues.CreateMany(), DimensionValues.Get(), DimensionValues.Update(), DimensionValues.Archive(), DimensionValues.List(),
		Parties.Create(), Parties.CreateMany(), Parties.Get(), Parties.Update(), Parties.Archive(), Parties.List(),
		&OpenFiscalYear, &GetFiscalYear, &ListFiscalYears,
		&GetPeriod, &StartClosingPeriod, &ClosePeriod, &LockPeriod, &ReopenPeriod,
		&CreateJournal, &GetJournal, &UpdateJournal, &ValidateJournal, &PostJournal, &DiscardJournal, &ListDraftJournals,
		&FindJournal, &RecordJournal, &RecordJournals, &ReverseJournal, &RecordOpeningBalances,
		&RebuildProjections, &BeginRebuild, &RebuildStep,
		Acts.TakeUp(), Acts.Sweep(), Acts.Changes(), Acts.Verify(),
		&CreateExport, &GetExport, &ListExports, &WriteExport,
		&GetTrialBalance, &GetProfitAndLoss, &GetBalanceSheet, &GetAccountLedger, &GetJournalListing,
	}
}
