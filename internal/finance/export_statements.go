package finance

import (
	"context"
	"strings"

	"backoffice/internal/op"
	"backoffice/internal/sheet"
)

// The reports that fit one step: their rows are those of the report's own CSV, whose totals are told from its records.

func beginTrialBalance(ctx context.Context, c *op.Call, d Ports, e *Export) error {
	r, err := d.beginBooks(ctx, c, e, "Trial balance")
	if err != nil {
		return err
	}
	base := r.chart.Currency
	e.Work.Head.Columns = []sheet.Column{textColumn("account", "Account", 10), textColumn("name", "Name", 38), textColumn("type", "Type", 11),
		amountColumn("debit", "Debit", base), amountColumn("credit", "Credit", base), amountColumn("balance", "Balance", base)}
	return nil
}

func exportTrialBalance(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, map[string]string, error) {
	t, err := getTrialBalance(ctx, c, d, TrialBalanceIn{ReportIn: e.Parameters.report(), Cumulative: e.Parameters.Cumulative})
	if err != nil {
		return nil, nil, err
	}
	_, rows := t.Table()
	last := len(rows) - 1
	// What earlier years brought forward belongs to no account, and yet the balance needs it: it is a record.
	return tableRows(rows, func(i int, _ []string) bool { return i == last }), nil, nil
}

func statementColumns(r reading) []sheet.Column {
	return []sheet.Column{textColumn("type", "Type", 11), textColumn("class", "Class", 30), textColumn("account", "Account", 10), textColumn("name", "Name", 38),
		amountColumn("amount", "Amount", r.chart.Currency)}
}

func beginProfitAndLoss(ctx context.Context, c *op.Call, d Ports, e *Export) error {
	r, err := d.beginStretch(ctx, c, e, "Profit and loss account")
	e.Work.Head.Columns = statementColumns(r)
	return err
}

func exportProfitAndLoss(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, map[string]string, error) {
	p, err := getProfitAndLoss(ctx, c, d, ProfitAndLossIn{ReportIn: e.Parameters.report(), From: e.Parameters.From})
	if err != nil {
		return nil, nil, err
	}
	_, rows := p.Table()
	return tableRows(rows, func(_ int, row []string) bool { return row[2] == "" }), nil, nil
}

func beginBalanceSheet(ctx context.Context, c *op.Call, d Ports, e *Export) error {
	r, err := d.beginBooks(ctx, c, e, "Balance sheet")
	e.Work.Head.Columns = statementColumns(r)
	return err
}

func exportBalanceSheet(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, map[string]string, error) {
	b, err := getBalanceSheet(ctx, c, d, e.Parameters.report())
	if err != nil {
		return nil, nil, err
	}
	_, rows := b.Table()
	// The results of the years are no accounts, but without them assets would not equal liabilities and equity.
	return tableRows(rows, func(_ int, row []string) bool { return strings.HasPrefix(row[3], "Total") && row[2] == "" }), nil, nil
}

// tableRows takes a report's rows over, and marks those that only add others up.
func tableRows(rows [][]string, sum func(i int, row []string) bool) []sheet.Row {
	out := make([]sheet.Row, len(rows))
	for i, row := range rows {
		out[i] = sheet.Row{Cells: row}
		if sum(i, row) {
			out[i].Role = sheet.Sum
		}
	}
	return out
}
