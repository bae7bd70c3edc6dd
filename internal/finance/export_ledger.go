package finance

import (
	"context"

	"backoffice/internal/money"
	"backoffice/internal/op"
	"backoffice/internal/sheet"
)

// exportStepLines is how many lines one step reads: a second's work, and some hundred kilobytes of a part.
const exportStepLines = 2_000

func beginLedger(ctx context.Context, c *op.Call, d Ports, e *Export) error {
	r, err := d.beginStretch(ctx, c, e, "Account ledger")
	if err != nil {
		return err
	}
	a, there := r.chart.Accounts.Get(e.Parameters.Account)
	if !there {
		return RuleAccountUnknown.At("account")
	}
	opening, _, err := d.ledgerEnds(ctx, c, r, a, span{e.Parameters.From, e.Parameters.AsOf})
	if err != nil {
		return err
	}
	base, w := r.chart.Currency, &e.Work
	w.Opening = opening
	w.Head.Title = "Account ledger " + a.Code + " " + a.Name
	w.Head.Columns = []sheet.Column{dateColumn("date", "Date"), textColumn("number", "Number", 20), idColumn("journal", "Journal"),
		textColumn("description", "Description", 44), amountColumn("debit", "Debit", base), amountColumn("credit", "Credit", base),
		amountColumn("balance", "Balance", base), textColumn("dimensions", "Dimensions", 24), idColumn("party", "Party")}
	return nil
}

// exportLedger gives the next lines, each with the balance that it leaves: what a reader of a ledger checks line by line.
func exportLedger(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, map[string]string, error) {
	p, w := e.Parameters, &e.Work
	days, err := e.days(exportStepLines)
	if err != nil {
		return nil, nil, err
	}
	entries, next, err := d.Balances.Entries(ctx, c.Tenant, p.Entity, p.Account, w.Currency, days)
	if err != nil {
		return nil, nil, err
	}
	var rows []sheet.Row
	if !w.Begun {
		rows = append(rows, e.edge(map[string]string{"date": p.From.String(), "description": "Opening balance", "balance": w.Opening.Amount()}))
	}
	for _, l := range entries {
		if l.Debit != nil {
			w.add("debit", *l.Debit)
		}
		if l.Credit != nil {
			w.add("credit", *l.Credit)
		}
		rows = append(rows, sheet.Row{Cells: []string{l.Date.String(), l.Number, l.Journal, l.Description, amountText(l.Debit), amountText(l.Credit),
			w.balance().Amount(), dimensionText(l.Dimensions), l.Party}})
	}
	return rows, next, nil
}

// balance is what the lines read so far leave.
func (w *ExportWork) balance() money.Money { return w.Opening.Add(w.sum("debit")).Sub(w.sum("credit")) }

// endLedger closes the ledger, and holds its lines against the balances before and after them.
func endLedger(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, bool, error) {
	r, err := d.read(ctx, c, e.Parameters.report())
	if err != nil {
		return nil, false, err
	}
	w := &e.Work
	a, _ := r.chart.Accounts.Get(e.Parameters.Account) // an account never leaves the chart
	opening, closing, err := d.ledgerEnds(ctx, c, r, a, span{e.Parameters.From, e.Parameters.AsOf})
	if err != nil || !opening.Sub(w.Opening).IsZero() || !closing.Sub(w.balance()).IsZero() {
		return nil, false, err
	}
	return []sheet.Row{
		e.edge(map[string]string{"description": "Total", "debit": w.sum("debit").Amount(), "credit": w.sum("credit").Amount()}),
		e.edge(map[string]string{"date": e.Parameters.AsOf.String(), "description": "Closing balance", "balance": w.balance().Amount()}),
	}, true, nil
}

func beginListing(ctx context.Context, c *op.Call, d Ports, e *Export) error {
	r, err := d.beginStretch(ctx, c, e, "Journal listing")
	if err != nil {
		return err
	}
	e.Work.Head.Columns = []sheet.Column{dateColumn("date", "Date"), textColumn("number", "Number", 20), textColumn("kind", "Kind", 9),
		textColumn("description", "Description", 44), textColumn("source", "Source", 12), textColumn("externalId", "External id", 16),
		amountColumn("total", "Total", r.chart.Currency), idColumn("id", "Journal"), idColumn("batch", "Batch"), idColumn("postedBy", "Posted by")}
	return nil
}

func exportListing(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, map[string]string, error) {
	days, err := e.days(exportStepLines)
	if err != nil {
		return nil, nil, err
	}
	journals, next, err := d.Balances.Listing(ctx, c.Tenant, e.Parameters.Entity, e.Work.Currency, days)
	if err != nil {
		return nil, nil, err
	}
	rows := make([]sheet.Row, len(journals))
	for i, j := range journals {
		e.Work.add("total", j.Total)
		rows[i] = sheet.Row{Cells: []string{j.Date.String(), j.Number, string(j.Kind), j.Description, j.Source, j.ExternalID, j.Total.Amount(), j.ID, j.Batch, j.PostedBy}}
	}
	return rows, next, nil
}

// endListing adds the listing up. The total of a journal is that of its debits, so all of them are what moved on the debit side
// of the accounts.
func endListing(ctx context.Context, c *op.Call, d Ports, e *Export) ([]sheet.Row, bool, error) {
	debit, _, err := d.moved(ctx, c, e)
	total := e.Work.sum("total")
	if err != nil || !debit.Equal(total) {
		return nil, false, err
	}
	return []sheet.Row{e.edge(map[string]string{"description": "Total", "total": total.Amount()})}, true, nil
}
