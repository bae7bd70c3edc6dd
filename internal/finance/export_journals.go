package finance

import (
	"context"

	"backoffice/internal/op"
	"backoffice/internal/sheet"
)

// exportStepJournals is how many journals with their lines one step reads; a journal has up to a thousand.
const exportStepJournals = 250

// beginJournals sets up the table of an export of journals.
func beginJournals(ctx context.Context, c *op.Call, d Ports, e *Export) error {
	r, err := d.beginStretch(ctx, c, e, "Journals")
	if err != nil {
		return err
	}
	base := r.chart.Currency
	foreign := sheet.Column{Name: "foreign", Title: "Foreign amount", Kind: sheet.Amount, Width: 14, CurrencyOf: "currency"}
	e.Work.Head.Columns = []sheet.Column{dateColumn("date", "Date"), textColumn("number", "Number", 18), textColumn("kind", "Kind", 9),
		textColumn("account", "Account", 9), textColumn("description", "Description", 38), amountColumn("debit", "Debit", base), amountColumn("credit", "Credit", base),
		foreign, textColumn("currency", "Currency", 8), textColumn("dimensions", "Dimensions", 20), idColumn("party", "Party"), textColumn("source", "Source", 10),
		idColumn("externalId", "External id"), idColumn("batch", "Batch"), idColumn("journal", "Journal"), idColumn("reverses", "Reverses"),
		idColumn("reversedBy", "Reversed by"), idColumn("postedBy", "Posted by")}
	return nil
}

// exportJournals gives every line of the next journals, with what is said of its journal: one table, as auditors ask for it.
func exportJournals(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, map[string]string, error) {
	w := &e.Work
	days, err := e.days(exportStepJournals)
	if err != nil {
		return nil, nil, err
	}
	listed, next, err := d.Balances.Listing(ctx, c.Tenant, e.Parameters.Entity, w.Currency, days)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]string, len(listed))
	for i, j := range listed {
		ids[i] = j.ID
	}
	journals, err := d.Journals.Journals(ctx, c.Tenant, ids)
	if err != nil {
		return nil, nil, err
	}
	var rows []sheet.Row
	for _, j := range journals {
		for _, l := range j.Lines {
			rows = append(rows, w.journalRow(j, l))
		}
	}
	return rows, next, nil
}

// journalRow is one line with its journal, and adds it to the sums that the export is checked by at its end.
func (w *ExportWork) journalRow(j Journal, l Line) sheet.Row {
	debit, credit, foreign := "", "", ""
	if l.Amount.Sign() > 0 {
		debit = l.Amount.Amount()
		w.add("debit", l.Amount)
	} else {
		credit = l.Amount.Neg().Amount()
		w.add("credit", l.Amount.Neg())
	}
	if l.Foreign.Currency() != "" {
		foreign = l.Foreign.Amount()
	}
	text := l.Description
	if text == "" {
		text = j.Description
	}
	return sheet.Row{Cells: []string{j.Date.String(), j.Number, string(j.Kind), l.Account, text, debit, credit, foreign, string(l.Foreign.Currency()),
		dimensionText(l.Dimensions), l.Party, j.Source, j.ExternalID, j.Batch, j.ID, j.Reverses, j.ReversedBy, j.PostedBy}}
}

// endJournals ends the table with its total, if the lines that were written sum to what the balances say. If they do not, acts were
// taken up between the steps, and the export begins again.
func endJournals(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, bool, error) {
	debit, credit, err := d.moved(ctx, c, e)
	w := &e.Work
	if err != nil || !debit.Equal(w.sum("debit")) || !credit.Equal(w.sum("credit")) {
		return nil, false, err
	}
	return []sheet.Row{e.edge(map[string]string{"description": "Total", "debit": debit.Amount(), "credit": credit.Amount()})}, true, nil
}
