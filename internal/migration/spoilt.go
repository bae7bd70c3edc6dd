package migration

import (
	"fmt"
	"slices"

	"backoffice/internal/migration/workbook"
)

// spoiltTexts are what spreadsheets write into a cell whose formula came to nothing. They stand so in CSV, too, and are no
// supplier's name.
var spoiltTexts = []string{"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!",
	"#UNKNOWN!", "#GETTING_DATA", workbook.Uncalculated}

// spoilt refuses a row in which a cell that the mapping uses holds an error, and says which cell.
func (r *reader) spoilt(e *entry, row sheetRow) {
	for _, f := range r.layout.fields() {
		if f.at < 0 || !slices.Contains(spoiltTexts, row.cell(f.at, "")) {
			continue
		}
		cell := "Column " + workbook.ColumnName(f.at+1)
		if r.worksheet {
			cell = fmt.Sprintf("Cell %s%d", workbook.ColumnName(f.at+1), row.n)
		}
		rule := RowCell
		rule.Text = fmt.Sprintf("%s (%s) holds %s.", cell, f.name, row.cell(f.at, ""))
		e.say(rule)
	}
}

// field is one of our fields, and the column that holds it; -1 where none does.
type field struct {
	name string
	at   int
}

// fields lists where each field stands, in the order of the mapping.
func (l layout) fields() []field {
	return []field{{"externalId", l.externalID}, {"party", l.party}, {"partyExternalId", l.partyExternalID}, {"document", l.document}, {"amount", l.amount},
		{"date", l.date}, {"description", l.description}, {"account", l.account}, {"currency", l.currency}, {"source", l.source}}
}
