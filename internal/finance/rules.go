package finance

import "backoffice/internal/fault"

// The rules of the ledger. A code is permanent: it is never given to another rule.
var (
	RuleBlank         = fault.Rule{Code: "FIN-GEN-001", Kind: fault.Invalid, Text: "The text must not be blank.", Help: "Write at least one visible character."}
	RuleCurrency      = fault.Rule{Code: "FIN-GEN-002", Kind: fault.Invalid, Text: "Books cannot be kept in this currency.", Help: "Send an ISO 4217 code with minor units, such as GBP."}
	RuleEntityUnknown = fault.Rule{Code: "FIN-ENT-001", Kind: fault.Invalid, Text: "There is no such entity.", Help: "List the entities, or set one up."}
	RuleChartUnknown  = fault.Rule{Code: "FIN-ENT-002", Kind: fault.Invalid, Text: "There is no such template of a chart of accounts.", Help: "Take uk-frs102-small, or leave it out for an empty chart."}
	RuleDateOrder     = fault.Rule{Code: "FIN-GEN-003", Kind: fault.Invalid, Text: "The end lies before the beginning.", Help: "Exchange the two dates."}
	RuleRangeTooLong  = fault.Rule{Code: "FIN-GEN-004", Kind: fault.Invalid, Text: "The range of dates is longer than this report takes.", Help: "Ask for at most 24 months at once."}

	RuleViewUnknown = fault.Rule{Code: "FIN-RPT-001", Kind: fault.Invalid, Text: "No balances are kept for this combination of dimensions.", Help: "Filter by one dimension, or by a combination of the entity's balanceViews."}
	RuleFilterForm  = fault.Rule{Code: "FIN-RPT-002", Kind: fault.Invalid, Text: "A dimension filter is written dimension:value.", Help: "For example dimension=cost-centre:100."}

	RuleValueUnknown = fault.Rule{Code: "FIN-RPT-004", Kind: fault.Invalid, Text: "The dimension has no such value, and never had.", Help: "See the list of the dimension's values, archived ones included."}

	RuleViewForm = fault.Rule{Code: "FIN-RPT-003", Kind: fault.Invalid, Text: "A balance view names two or three different standard dimensions, and no two views name the same.", Help: "Name some of cost-centre, department, project and fund; their order does not count."}

	RuleExportParameter = fault.Rule{Code: "FIN-EXP-001", Kind: fault.Invalid, Text: "The report does not take this parameter.", Help: "Send what the report's own query takes."}
	RuleExportRows      = fault.Rule{Code: "FIN-EXP-002", Kind: fault.Invalid, Text: "An export has at most 5,000,000 rows.", Help: "Export a shorter stretch of days at a time."}
	RuleExportSheet     = fault.Rule{Code: "FIN-EXP-003", Kind: fault.Invalid, Text: "A workbook has at most 1,048,575 rows.", Help: "Take csv or jsonl, or a shorter stretch of days."}
	RuleExportPaper     = fault.Rule{Code: "FIN-EXP-004", Kind: fault.Invalid, Text: "A PDF has at most 5,000 rows.", Help: "Take xlsx or csv, or a shorter stretch of days."}
	RuleExportMoved     = fault.Rule{Code: "FIN-EXP-005", Kind: fault.Conflict, Text: "The books changed again and again while they were read.", Help: "Export days of closed periods, or try when less is posted to these days."}
	RuleExportStore     = fault.Rule{Code: "FIN-EXP-006", Kind: fault.Conflict, Text: "This installation has no store for files.", Help: "Read the report page by page, with format=csv."}
	RuleExportGone      = fault.Rule{Code: "FIN-EXP-007", Kind: fault.Conflict, Text: "Parts of the export have been removed before they were joined.", Help: "Export again; the job waited too long."}

	RuleAccountTaken    = fault.Rule{Code: "FIN-ACC-001", Kind: fault.Invalid, Text: "The chart has an account with this code already.", Help: "Choose another code."}
	RuleAccountParent   = fault.Rule{Code: "FIN-ACC-002", Kind: fault.Invalid, Text: "The parent must be a header of the same type, in use, and not below the account itself.", Help: "Name such a header account, or none."}
	RuleAccountCode     = fault.Rule{Code: "FIN-ACC-003", Kind: fault.Invalid, Text: "An account code has 1 to 12 digits, capitals or hyphens.", Help: "Send such a code."}
	RuleAccountInUse    = fault.Rule{Code: "FIN-ACC-004", Kind: fault.Conflict, Text: "The account has accounts below it that are in use.", Help: "Archive them first."}
	RuleAccountArchived = fault.Rule{Code: "FIN-ACC-005", Kind: fault.Conflict, Text: "The account is archived.", Help: "An archived account is neither changed nor archived again; what was posted to it stays."}
	RuleChartFull       = fault.Rule{Code: "FIN-ACC-006", Kind: fault.Invalid, Text: "The chart has as many accounts as it can hold.", Help: "Use dimensions rather than more accounts."}
	RuleAccountFixed    = fault.Rule{Code: "FIN-ACC-008", Kind: fault.Invalid, Text: "An account's type, and whether it is a header, stay as they were set up.", Help: "Archive the account and make a new one."}
	RuleDimensionRule   = fault.Rule{Code: "FIN-ACC-007", Kind: fault.Invalid, Text: "The entity has no such dimension.", Help: "Define the dimension first."}

	RuleDimensionTwice = fault.Rule{Code: "FIN-ACC-009", Kind: fault.Invalid, Text: "The account has two rules about this dimension.", Help: "Keep one of them."}

	RuleDimensionTaken = fault.Rule{Code: "FIN-DIM-001", Kind: fault.Invalid, Text: "The entity has a dimension with this code.", Help: "Choose another code."}
	RuleDimensionFull  = fault.Rule{Code: "FIN-DIM-002", Kind: fault.Invalid, Text: "The entity has as many dimensions as it can have.", Help: "Use the values of one dimension instead."}
	RuleValueParent    = fault.Rule{Code: "FIN-DIM-003", Kind: fault.Invalid, Text: "The parent must be a value of the dimension, in use, not below this one, and at most eight levels down.", Help: "Name such a value, or none."}
	RuleSeriesTaken    = fault.Rule{Code: "FIN-SER-001", Kind: fault.Invalid, Text: "The entity has a series with this code, or as many as it can have.", Help: "Choose another code."}
	RulePartyTaken     = fault.Rule{Code: "FIN-PTY-001", Kind: fault.Invalid, Text: "A party with this name and external id exists.", Help: "Use that party, or give this one its own external id."}

	RuleYearOverlap  = fault.Rule{Code: "FIN-PER-001", Kind: fault.Invalid, Text: "The fiscal year overlaps or leaves a gap to another.", Help: "Open years one after the other, from the month in which the entity's years begin."}
	RuleYearLast     = fault.Rule{Code: "FIN-PER-007", Kind: fault.Invalid, Text: "The fiscal year ends after the last one that can be written.", Help: "A fiscal year ends in the year 9999 or before."}
	RulePeriodState  = fault.Rule{Code: "FIN-PER-002", Kind: fault.Conflict, Text: "The period's state does not allow this step.", Help: "Periods go open, closing, closed, locked; closed may be reopened."}
	RulePeriodOrder  = fault.Rule{Code: "FIN-PER-003", Kind: fault.Conflict, Text: "An earlier period is not closed yet.", Help: "Close the earlier periods first."}
	RulePeriodLater  = fault.Rule{Code: "FIN-PER-004", Kind: fault.Conflict, Text: "A later period is closing or closed already.", Help: "Reopen the later periods first."}
	RulePeriodSettle = fault.Rule{Code: "FIN-PER-005", Kind: fault.Conflict, Text: "Postings to the period may still be under way.", Help: "Ask again after the time in Retry-After."}
	RulePeriodDue    = fault.Rule{Code: "FIN-PER-006", Kind: fault.Conflict, Text: "Acts wait to be taken into the balances.", Help: "Ask again shortly; a parked act is named in the alarms."}

	RulePartyUnknown    = fault.Rule{Code: "FIN-JRN-026", Kind: fault.Invalid, Text: "There is no such supplier or customer in use.", Help: "See the list of parties."}
	RuleReverseDate     = fault.Rule{Code: "FIN-JRN-027", Kind: fault.Invalid, Text: "Mode correct takes the date of the original, and no other.", Help: "Leave date out, or send mode accrual."}
	RuleReverseBefore   = fault.Rule{Code: "FIN-JRN-028", Kind: fault.Invalid, Text: "A reversal is not dated before what it reverses.", Help: "Send the original's date or a later one."}
	RuleJournalFixed    = fault.Rule{Code: "FIN-JRN-029", Kind: fault.Invalid, Text: "A draft's entity, source and external id stay as they were.", Help: "Discard the draft and make a new one."}
	RuleLookup          = fault.Rule{Code: "FIN-JRN-025", Kind: fault.Invalid, Text: "Look for a number, or for a source and external id.", Help: "Send number, or both source and externalId."}
	RuleUnbalanced      = fault.Rule{Code: "FIN-JRN-001", Kind: fault.Invalid, Text: "Debits and credits differ.", Help: "The base amounts of all lines must sum to nought."}
	RuleTooFewLines     = fault.Rule{Code: "FIN-JRN-002", Kind: fault.Invalid, Text: "A journal has at least two lines.", Help: "Add the other side."}
	RuleZeroLine        = fault.Rule{Code: "FIN-JRN-003", Kind: fault.Invalid, Text: "A line's amount must be above nought.", Help: "Leave the line out."}
	RulePeriodClosed    = fault.Rule{Code: "FIN-JRN-004", Kind: fault.Invalid, Text: "The period of this date is closing or closed.", Help: "Date the journal in an open period, or reopen this one."}
	RulePeriodLocked    = fault.Rule{Code: "FIN-JRN-005", Kind: fault.Invalid, Text: "The period of this date is locked.", Help: "Date the journal in an open period."}
	RuleNoPeriod        = fault.Rule{Code: "FIN-JRN-006", Kind: fault.Invalid, Text: "No fiscal year covers this date.", Help: "Open the fiscal year first."}
	RuleAccountUnknown  = fault.Rule{Code: "FIN-JRN-007", Kind: fault.Invalid, Text: "The chart has no such account.", Help: "See the list of accounts."}
	RuleAccountClosed   = fault.Rule{Code: "FIN-JRN-008", Kind: fault.Invalid, Text: "The account is archived.", Help: "Choose an account in use."}
	RuleAccountHeader   = fault.Rule{Code: "FIN-JRN-009", Kind: fault.Invalid, Text: "The account is a header and takes no postings.", Help: "Choose an account below it."}
	RuleDimensionNeeded = fault.Rule{Code: "FIN-JRN-010", Kind: fault.Invalid, Text: "The account requires this dimension.", Help: "Add the dimension's value to the line."}
	RuleDimensionBarred = fault.Rule{Code: "FIN-JRN-011", Kind: fault.Invalid, Text: "The account forbids this dimension.", Help: "Leave the dimension out."}
	RuleDimensionValue  = fault.Rule{Code: "FIN-JRN-012", Kind: fault.Invalid, Text: "The dimension has no such value in use.", Help: "See the list of the dimension's values."}
	RuleExternalTaken   = fault.Rule{Code: "FIN-JRN-013", Kind: fault.Invalid, Text: "A journal with this source and external id exists.", Help: "It was recorded or drafted before, by whichever entity: find it by source and external id."}
	RuleTwoSides        = fault.Rule{Code: "FIN-JRN-014", Kind: fault.Invalid, Text: "A line is either a debit or a credit.", Help: "Send exactly one of debit and credit."}
	RuleBaseNeeded      = fault.Rule{Code: "FIN-JRN-015", Kind: fault.Invalid, Text: "A line in a foreign currency needs its amount in the base currency.", Help: "Send base, above nought, in the entity's currency."}
	RuleBaseBarred      = fault.Rule{Code: "FIN-JRN-016", Kind: fault.Invalid, Text: "A line in the base currency has no second amount.", Help: "Leave base out."}
	RuleJournalState    = fault.Rule{Code: "FIN-JRN-017", Kind: fault.Conflict, Text: "The journal's state does not allow this.", Help: "Only a draft can be changed, posted or discarded; only a posted journal reversed."}
	RuleReversed        = fault.Rule{Code: "FIN-JRN-018", Kind: fault.Conflict, Text: "The journal has been reversed already.", Help: "See reversedBy."}
	RuleExternalPair    = fault.Rule{Code: "FIN-JRN-019", Kind: fault.Invalid, Text: "source and externalId belong together.", Help: "Send both or neither."}
	RuleSeriesUnknown   = fault.Rule{Code: "FIN-JRN-020", Kind: fault.Invalid, Text: "The entity has no such number series.", Help: "Use JRN, or define the series first."}
	RuleSameMaker       = fault.Rule{Code: "FIN-JRN-021", Kind: fault.Forbidden, Text: "Whoever drafted or changed a journal may not post it.", Help: "Ask a colleague with the right to post."}
	RuleOpeningDone     = fault.Rule{Code: "FIN-JRN-022", Kind: fault.Invalid, Text: "Opening balances take balance sheet accounts only.", Help: "Leave income and expense out, or post them as an ordinary journal."}
	RuleBatchMixed      = fault.Rule{Code: "FIN-JRN-023", Kind: fault.Invalid, Text: "All items of an atomic batch belong to one entity.", Help: "Send one batch for each entity, or leave out atomic=true."}
)

// Rules lists the domain's rules.
func Rules() []fault.Rule {
	return []fault.Rule{RuleBlank, RuleCurrency, RuleEntityUnknown, RuleChartUnknown, RuleDateOrder, RuleRangeTooLong, RuleViewUnknown, RuleFilterForm, RuleViewForm, RuleValueUnknown,
		RuleExportParameter, RuleExportRows, RuleExportSheet, RuleExportPaper, RuleExportMoved, RuleExportStore, RuleExportGone,
		RuleAccountTaken, RuleAccountParent, RuleAccountCode, RuleAccountInUse, RuleAccountArchived, RuleChartFull, RuleAccountFixed, RuleDimensionRule,
		RuleDimensionTaken, RuleDimensionFull, RuleSeriesTaken, RulePartyTaken,
		RuleYearOverlap, RulePeriodState, RulePeriodOrder, RulePeriodLater, RulePeriodSettle, RulePeriodDue,
		RuleLookup, RuleUnbalanced, RuleTooFewLines, RuleZeroLine, RulePeriodClosed, RulePeriodLocked, RuleNoPeriod, RuleAccountUnknown, RuleAccountClosed,
		RuleAccountHeader, RuleDimensionNeeded, RuleDimensionBarred, RuleDimensionValue, RuleExternalTaken, RuleTwoSides, RuleBaseNeeded,
		RuleBaseBarred, RuleJournalState, RuleReversed, RuleExternalPair, RuleSeriesUnknown, RuleSameMaker, RuleRebuildChain, RuleOpeningDone, RuleBatchMixed,
		RulePartyUnknown, RuleReverseDate, RuleReverseBefore, RuleJournalFixed, RuleDimensionTwice, RuleValueParent, RuleYearLast}
}
