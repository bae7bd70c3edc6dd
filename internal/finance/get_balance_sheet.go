package finance

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// GetBalanceSheet reads the balance sheet at the end of a day.
var GetBalanceSheet = op.Op[Ports, ReportIn, BalanceSheet]{
	Spec: op.Spec{
		ID: "finance.get-balance-sheet", Kind: op.Query, Route: "GET /finance/v1/reports/balance-sheet", Permission: "reports.read",
		Summary:     "Balance sheet",
		Description: "Assets, liabilities and equity by class at the end of a day. The result of earlier years and of the current one stand as lines of their own, so that the sheet balances without a closing journal.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List, Indexes: "pending"}},
		Example:     op.Example{Given: []string{"finance.record-journal"}, Query: "entity=${finance.create-entity.id}&asOf=2026-04-30"},
	},
	Handle: getBalanceSheet,
}

// BalanceSheet is the report.
type BalanceSheet struct {
	Entity        string         `json:"entity"`
	AsOf          civil.Date     `json:"asOf"`
	Currency      money.Currency `json:"currency"`
	Assets        []Section      `json:"assets"`
	Liabilities   []Section      `json:"liabilities"`
	Equity        []Section      `json:"equity"`
	TotalAssets   money.Money    `json:"totalAssets"`
	TotalDebts    money.Money    `json:"totalLiabilities"`
	EarlierResult money.Money    `json:"earlierResult" doc:"Result of earlier fiscal years"`
	YearResult    money.Money    `json:"yearResult" doc:"Result of the fiscal year so far"`
	TotalEquity   money.Money    `json:"totalEquity" doc:"With the results"`
	Pending       Waiting        `json:"pending"`
}

// Table renders the report as rows.
func (b BalanceSheet) Table() ([]string, [][]string) {
	rows := sectionRows(b.Assets)
	rows = append(rows, []string{"asset", "", "", "Total assets", b.TotalAssets.Amount()})
	rows = append(rows, sectionRows(b.Liabilities)...)
	rows = append(rows, []string{"liability", "", "", "Total liabilities", b.TotalDebts.Amount()})
	rows = append(rows, sectionRows(b.Equity)...)
	rows = append(rows, []string{"equity", "", "", "Result of earlier years", b.EarlierResult.Amount()},
		[]string{"equity", "", "", "Result of the year", b.YearResult.Amount()},
		[]string{"equity", "", "", "Total equity", b.TotalEquity.Amount()})
	return []string{"type", "class", "account", "name", "amount"}, rows
}

func getBalanceSheet(ctx context.Context, c *op.Call, d Ports, in ReportIn) (BalanceSheet, error) {
	r, err := d.read(ctx, c, in)
	if err != nil {
		return BalanceSheet{}, err
	}
	day := in.day(c)
	moved, err := d.movements(ctx, c, in.Entity, r, span{to: day}, span{from: r.yearOf(day), to: day})
	if err != nil {
		return BalanceSheet{}, err
	}
	b := BalanceSheet{Entity: in.Entity, AsOf: day, Currency: r.chart.Currency, Pending: r.waiting}
	b.Assets, b.TotalAssets, _ = r.chart.sections(moved[0], Asset, Asset)
	b.Liabilities, b.TotalDebts, _ = r.chart.sections(moved[0], Liability, Liability)
	b.Equity, b.TotalEquity, _ = r.chart.sections(moved[0], Equity, Equity)
	// Nobody posts a closing journal at a year's end: what income and expense come to is worked out whenever it is asked for.
	b.YearResult = r.chart.result(moved[1])
	b.EarlierResult = r.chart.result(moved[0]).Sub(b.YearResult)
	b.TotalEquity = b.TotalEquity.Add(b.YearResult).Add(b.EarlierResult)
	return b, nil
}

// result is the profit, above nought, that an account's sums of income and expense come to.
func (c Chart) result(sums map[string]totals) money.Money {
	_, income, expense := c.sections(sums, Income, Expense)
	return income.Sub(expense)
}
