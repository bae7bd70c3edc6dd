package migration

import "backoffice/internal/fault"

// The rules of imports. A code is permanent: it is never given to another rule.
var (
	RuleBlank          = fault.Rule{Code: "MIG-GEN-001", Kind: fault.Invalid, Text: "The text must not be blank.", Help: "Write at least one visible character."}
	RuleMappingUnknown = fault.Rule{Code: "MIG-MAP-001", Kind: fault.Invalid, Text: "There is no such mapping in use.", Help: "Name a saved or shipped mapping, or send one inline."}
	RuleMappingOne     = fault.Rule{Code: "MIG-MAP-002", Kind: fault.Invalid, Text: "An import takes either a named mapping or an inline one.", Help: "Send exactly one of mapping and map."}
	RuleColumnNeeded   = fault.Rule{Code: "MIG-MAP-003", Kind: fault.Invalid, Text: "The mapping must say which column holds this, or give a default.", Help: "Amount and date need a column; account and party a column or a default."}
	RuleMatchTwice     = fault.Rule{Code: "MIG-MAP-004", Kind: fault.Invalid, Text: "Two entries match the same text.", Help: "Capitals and spaces do not count; keep one of the entries."}
	RuleCurrency       = fault.Rule{Code: "MIG-MAP-005", Kind: fault.Invalid, Text: "There is no such currency.", Help: "Send an ISO 4217 code in capitals."}
	RuleAccount        = fault.Rule{Code: "MIG-MAP-006", Kind: fault.Invalid, Text: "The chart has no such account that takes postings.", Help: "See the list of the entity's accounts."}

	RuleFileOne     = fault.Rule{Code: "MIG-FIL-001", Kind: fault.Invalid, Text: "An import takes either an upload or inline content.", Help: "Send exactly one of file and content."}
	RuleFileStore   = fault.Rule{Code: "MIG-FIL-002", Kind: fault.Conflict, Text: "This installation has no store for files.", Help: "Send a small file inline as content."}
	RuleFileMissing = fault.Rule{Code: "MIG-FIL-003", Kind: fault.Conflict, Text: "The file is not there: it was never uploaded, or its 30 days are over.", Help: "Send it to the upload address that the import was answered with; an old import is made anew."}
	RuleFileChanged = fault.Rule{Code: "MIG-FIL-004", Kind: fault.Conflict, Text: "The file is not the one that was validated.", Help: "Validate the import again."}
	RuleFileHead    = fault.Rule{Code: "MIG-FIL-005", Kind: fault.Invalid, Text: "The file lacks columns that the mapping names, or has a heading twice.", Help: "Compare the first line with the mapping."}
	RuleFileEmpty   = fault.Rule{Code: "MIG-FIL-006", Kind: fault.Invalid, Text: "The file has no rows.", Help: "The first line is the heading; rows follow it."}
	RuleFileLarge   = fault.Rule{Code: "MIG-FIL-007", Kind: fault.Invalid, Text: "The file is larger than an import takes.", Help: "Split it; at most 50 MB and 500,000 rows, and 50 MB of text in a worksheet."}
	RuleFileOld     = fault.Rule{Code: "MIG-FIL-008", Kind: fault.Invalid, Text: "The file is a workbook in the binary form of before 2007 (.xls).", Help: "Save it as an Excel workbook (.xlsx), or as CSV UTF-8."}
	RuleFileLocked  = fault.Rule{Code: "MIG-FIL-009", Kind: fault.Invalid, Text: "The file is locked by a password.", Help: "Take the password off, and save it as an Excel workbook (.xlsx), or as CSV UTF-8."}
	RuleFileMacros  = fault.Rule{Code: "MIG-FIL-010", Kind: fault.Invalid, Text: "The file is a workbook with macros (.xlsm).", Help: "Save it as an Excel workbook (.xlsx), or as CSV UTF-8."}
	RuleFileOther   = fault.Rule{Code: "MIG-FIL-011", Kind: fault.Invalid, Text: "The file is a spreadsheet of another form: OpenDocument (.ods) or binary (.xlsb).", Help: "Save it as an Excel workbook (.xlsx), or as CSV UTF-8."}
	RuleFileForeign = fault.Rule{Code: "MIG-FIL-012", Kind: fault.Invalid, Text: "The file is neither CSV nor a workbook.", Help: "Send CSV, or an Excel workbook (.xlsx); no archive, document or picture."}
	RuleFileBroken  = fault.Rule{Code: "MIG-FIL-013", Kind: fault.Invalid, Text: "The file begins as a workbook and cannot be read as one.", Help: "Open it in a spreadsheet program and save it anew, or save it as CSV UTF-8."}
	RuleFilePacked  = fault.Rule{Code: "MIG-FIL-014", Kind: fault.Invalid, Text: "The workbook holds more, unpacked, than an import takes.", Help: "At most 256 MB of parts and 64 MB of texts; leave only the worksheet with the rows in it, or save that as CSV UTF-8."}
	RuleWorksheet   = fault.Rule{Code: "MIG-FIL-015", Kind: fault.Invalid, Text: "The file has no worksheet of that name.", Help: "The import lists those it has in worksheets; a CSV file has none. Name one of them, or none to take the first."}

	RuleImportState = fault.Rule{Code: "MIG-IMP-001", Kind: fault.Conflict, Text: "The import's state does not allow this.", Help: "An import goes created, validated, committed, then signed off or rolled back."}
	RuleImportEmpty = fault.Rule{Code: "MIG-IMP-002", Kind: fault.Conflict, Text: "No row was accepted: there is nothing to post.", Help: "See the row errors."}
	RuleImportStop  = fault.Rule{Code: "MIG-IMP-003", Kind: fault.Conflict, Text: "Rows were rejected, and the import is to stop on any error.", Help: "See the row errors; mend the file or the mapping and import anew."}
	RuleRollBack    = fault.Rule{Code: "MIG-IMP-004", Kind: fault.Conflict, Text: "Journals of the import lie in periods that are not open.", Help: "Reopen the periods, or roll back with mode accrual and a date in an open period."}
	RuleDate        = fault.Rule{Code: "MIG-IMP-005", Kind: fault.Invalid, Text: "Mode accrual needs a date in an open period; mode correct takes none.", Help: "Send date with mode accrual only."}
	RuleMergeName   = fault.Rule{Code: "MIG-IMP-006", Kind: fault.Invalid, Text: "The names are not spellings that the import reports as similar.", Help: "See the list of similar parties; one of each group's names is kept."}
	RuleNotAgreed   = fault.Rule{Code: "MIG-IMP-007", Kind: fault.Conflict, Text: "What was posted differs from what the file holds.", Help: "See the reconciliation; rejected rows must be named as accepted losses."}

	RuleImportCleared = fault.Rule{Code: "MIG-IMP-008", Kind: fault.Conflict, Text: "The import's file and staged rows have been deleted.", Help: "Import the file anew; what entered the books stands there."}

	RowUnreadable = fault.Rule{Code: "MIG-ROW-001", Kind: fault.Invalid, Text: "The row cannot be read: its quotes or its characters are broken.", Help: "Save the file as CSV (RFC 4180) in UTF-8."}
	RowColumns    = fault.Rule{Code: "MIG-ROW-002", Kind: fault.Invalid, Text: "The row has another number of columns than the heading.", Help: "Quote cells that hold commas or line breaks."}
	RowNoAccount  = fault.Rule{Code: "MIG-ROW-003", Kind: fault.Invalid, Text: "The account is missing.", Help: "Fill the cell, or give the import a default account."}
	RowUnmapped   = fault.Rule{Code: "MIG-ROW-004", Kind: fault.Invalid, Text: "The mapping has no account for this text.", Help: "Add it to the mapping's account values."}
	RowAccount    = fault.Rule{Code: "MIG-ROW-005", Kind: fault.Invalid, Text: "The chart has no such account that takes postings.", Help: "Correct the mapping, or add the account."}
	RowNoDate     = fault.Rule{Code: "MIG-ROW-006", Kind: fault.Invalid, Text: "The date is missing.", Help: "Fill the cell."}
	RowDate       = fault.Rule{Code: "MIG-ROW-007", Kind: fault.Invalid, Text: "The date cannot be read, or there is no such day.", Help: "Write dates as the mapping's date format says."}
	RowPeriod     = fault.Rule{Code: "MIG-ROW-008", Kind: fault.Invalid, Text: "No open period covers this date.", Help: "Open the fiscal year, or reopen the period."}
	RowNoAmount   = fault.Rule{Code: "MIG-ROW-009", Kind: fault.Invalid, Text: "The amount is missing.", Help: "Fill the cell."}
	RowAmount     = fault.Rule{Code: "MIG-ROW-010", Kind: fault.Invalid, Text: "The amount is not a number.", Help: "Write plain decimals with a point; a minus before credits."}
	RowDecimals   = fault.Rule{Code: "MIG-ROW-011", Kind: fault.Invalid, Text: "The amount has more decimals than its currency.", Help: "Round it."}
	RowZero       = fault.Rule{Code: "MIG-ROW-012", Kind: fault.Invalid, Text: "The amount is nought.", Help: "Leave the row out."}
	RowTooLarge   = fault.Rule{Code: "MIG-ROW-013", Kind: fault.Invalid, Text: "The amount has too many digits.", Help: "At most 15 digits stand before the point."}
	RowNoParty    = fault.Rule{Code: "MIG-ROW-014", Kind: fault.Invalid, Text: "The supplier or customer is missing.", Help: "Fill the cell, or give the import a default."}
	RowTooLong    = fault.Rule{Code: "MIG-ROW-015", Kind: fault.Invalid, Text: "A text is too long.", Help: "Party 160 characters, description 240, document 60, source 40, external id 120."}
	RowImported   = fault.Rule{Code: "MIG-ROW-016", Kind: fault.Invalid, Text: "A row with this source and external id was imported before.", Help: "It is in the books already; leave it out."}
	RowTwice      = fault.Rule{Code: "MIG-ROW-017", Kind: fault.Invalid, Text: "An earlier row of the file has this source and external id.", Help: "External ids are unique; leave the second row out."}
	RowNoID       = fault.Rule{Code: "MIG-ROW-018", Kind: fault.Invalid, Text: "The external id is missing.", Help: "Fill the cell, or map no column to it."}
	RowCurrency   = fault.Rule{Code: "MIG-ROW-019", Kind: fault.Invalid, Text: "There is no such currency.", Help: "Write ISO 4217 codes in capitals."}
	RowForeign    = fault.Rule{Code: "MIG-ROW-020", Kind: fault.Invalid, Text: "The amount is not in the entity's base currency.", Help: "Convert it first; an import posts base amounts."}
	RowControl    = fault.Rule{Code: "MIG-ROW-022", Kind: fault.Invalid, Text: "A text holds control characters.", Help: "Keep to printable characters, tabs and line breaks."}
	RowCell       = fault.Rule{Code: "MIG-ROW-023", Kind: fault.Invalid, Text: "A cell holds a spreadsheet's error, or a formula without a result.", Help: "Mend the formula; a workbook that another program wrote is opened and saved once in a spreadsheet."}
	RowLedger     = fault.Rule{Code: "MIG-ROW-021", Kind: fault.Invalid, Text: "The ledger refuses the row.", Help: "See the message; the account may require a dimension."}
)

// Rules lists the domain's rules.
func Rules() []fault.Rule {
	return []fault.Rule{RuleBlank, RuleMappingUnknown, RuleMappingOne, RuleColumnNeeded, RuleMatchTwice, RuleCurrency, RuleAccount,
		RuleFileOne, RuleFileStore, RuleFileMissing, RuleFileChanged, RuleFileHead, RuleFileEmpty, RuleFileLarge,
		RuleFileOld, RuleFileLocked, RuleFileMacros, RuleFileOther, RuleFileForeign, RuleFileBroken, RuleFilePacked, RuleWorksheet,
		RuleImportState, RuleImportEmpty, RuleImportStop, RuleRollBack, RuleDate, RuleMergeName, RuleNotAgreed, RuleImportCleared,
		RowUnreadable, RowColumns, RowNoAccount, RowUnmapped, RowAccount, RowNoDate, RowDate, RowPeriod, RowNoAmount, RowAmount, RowDecimals,
		RowZero, RowTooLarge, RowNoParty, RowTooLong, RowImported, RowTwice, RowNoID, RowCurrency, RowForeign, RowControl, RowCell, RowLedger}
}
