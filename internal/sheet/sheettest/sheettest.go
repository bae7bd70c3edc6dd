// Package sheettest has a small table for the tests of every format.
package sheettest

import "backoffice/internal/sheet"

// Head is the head of a table with a column of each kind.
func Head() sheet.Head {
	return sheet.Head{Title: "Account ledger", Facts: []sheet.Fact{{Name: "Entity", Value: "Thistle & Rowan Ltd"}, {Name: "As of", Value: "2026-04-30"}},
		Columns: []sheet.Column{
			{Name: "date", Title: "Date", Kind: sheet.Date, Width: 11},
			{Name: "description", Title: "Description", Kind: sheet.Text, Width: 40},
			{Name: "debit", Title: "Debit", Kind: sheet.Amount, Width: 16, Currency: "GBP"},
			{Name: "foreign", Title: "Foreign", Kind: sheet.Amount, Width: 16, CurrencyOf: "currency"},
			{Name: "currency", Title: "Currency", Kind: sheet.Text, Width: 9},
			{Name: "line", Title: "Line", Kind: sheet.Count, Width: 6},
			{Name: "open", Title: "Open", Kind: sheet.Flag, Width: 6},
			{Name: "journal", Title: "Journal", Kind: sheet.Text, Width: 32, Screen: true},
		}}
}

// Small are rows of every role, with what makes cells hard: quotes, commas, formulas, an amount beyond a spreadsheet's digits.
func Small() []sheet.Row {
	return []sheet.Row{
		{Cells: []string{"", "Opening balance", "10.00", "", "", "", "", ""}, Role: sheet.Edge},
		{Cells: []string{"2026-04-30", `Agency "staff", week 17`, "1250.00", "", "", "0", "true", "jrn_1"}},
		{Cells: []string{"2026-04-30", "=HYPERLINK(\"x\")", "-0.10", "1500.5", "JPY", "1", "false", "jrn_2"}},
		{Cells: []string{"2026-05-01", "Łódź & Σία", "123456789012345678.90", "", "", "2", "", "jrn_3"}},
		{Cells: []string{"", "Total", "123456789012346928.80", "", "", "", "", ""}, Role: sheet.Sum},
	}
}

// Rows gives rows one after the other.
func Rows(rows ...sheet.Row) sheet.Rows {
	return func(yield func(sheet.Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
