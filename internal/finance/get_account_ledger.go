package finance

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// GetAccountLedger reads the lines of an account with its opening and closing balance.
var GetAccountLedger = op.Op[Ports, AccountLedgerIn, AccountLedger]{
	Spec: op.Spec{
		ID: "finance.get-account-ledger", Kind: op.Query, Route: "GET /finance/v1/accounts/{accountId}/ledger", Permission: "reports.read",
		Summary:     "Account ledger",
		Description: "The lines posted to an account between two days, by date, each with its journal, and the balances before and after. Balances of income and expense count from the beginning of the first day's fiscal year, as in a trial balance. A page holds whole lines, with a filter perhaps fewer than its limit; the balances are those of the whole stretch.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List, Indexes: "pending"}},
		Example:     op.Example{Given: []string{"finance.record-journal"}, Path: "accountId=${finance.create-entity.id}.2100", Query: "asOf=2026-04-30"},
	},
	Handle: getAccountLedger,
}

// AccountLedgerIn is the input of GetAccountLedger.
type AccountLedgerIn struct {
	AccountRef
	op.PageOf
	From      civil.Date `query:"from" json:"-" doc:"The first day that counts; that of the fiscal year unless given"`
	AsOf      civil.Date `query:"asOf" json:"-" doc:"The last day that counts; today unless given"`
	Dimension []string   `query:"dimension" json:"-" maxLength:"80" doc:"Only lines with these values, each written dimension:value"`
}

// AccountLedger is the report.
type AccountLedger struct {
	Account  Account        `json:"account"`
	From     civil.Date     `json:"from"`
	AsOf     civil.Date     `json:"asOf"`
	Currency money.Currency `json:"currency"`
	Opening  money.Money    `json:"opening" doc:"Balance before the first day, debits above nought; of income and expense within the fiscal year"`
	Closing  money.Money    `json:"closing" doc:"Balance at the end of the last day"`
	Data     []LedgerEntry  `json:"data"`
	Page     op.Page        `json:"page"`
	Pending  Waiting        `json:"pending"`
}

// NextCursor gives the cursor of the next page, for the Link header.
func (l AccountLedger) NextCursor() string { return l.Page.Next }

// Table renders the page's lines as rows.
func (l AccountLedger) Table() ([]string, [][]string) {
	rows := make([][]string, len(l.Data))
	for i, e := range l.Data {
		rows[i] = []string{e.Date.String(), e.Number, e.Journal, e.Description, amountText(e.Debit), amountText(e.Credit)}
	}
	return []string{"date", "number", "journal", "description", "debit", "credit"}, rows
}

func amountText(m *money.Money) string {
	if m == nil {
		return ""
	}
	return m.Amount()
}

func getAccountLedger(ctx context.Context, c *op.Call, d Ports, in AccountLedgerIn) (AccountLedger, error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return AccountLedger{}, err
	}
	_, account, err := d.account(ctx, c, in.AccountRef)
	if err != nil {
		return AccountLedger{}, err
	}
	report := ReportIn{Entity: account.Entity, AsOf: in.AsOf, Dimension: in.Dimension}
	r, err := d.read(ctx, c, report)
	if err != nil {
		return AccountLedger{}, err
	}
	l := AccountLedger{Account: account, From: in.From, AsOf: report.day(c), Currency: r.chart.Currency, Pending: r.waiting}
	if l.From.IsZero() {
		l.From = r.yearOf(l.AsOf)
	}
	if l.AsOf.Before(l.From) {
		return AccountLedger{}, RuleDateOrder.At("from")
	}
	if l.Opening, l.Closing, err = d.ledgerEnds(ctx, c, r, account, span{l.From, l.AsOf}); err != nil {
		return AccountLedger{}, err
	}
	filter, err := report.filter()
	if err != nil {
		return AccountLedger{}, err
	}
	entries, next, err := d.Balances.Entries(ctx, c.Tenant, account.Entity, account.Code, r.chart.Currency,
		EntryRange{From: l.From, To: l.AsOf, Filter: filter, Limit: in.Size(), After: after})
	if err != nil {
		return AccountLedger{}, err
	}
	page := op.NewRecords(c, in.PageOf, entries, next)
	l.Data, l.Page = page.Data, page.Page
	return l, nil
}

// ledgerEnds gives an account's balances before the first and after the last day of a stretch. What income and expense came to in
// earlier fiscal years is brought forward and no longer theirs, so their balances begin with the first day's year: whoever comes
// from a trial balance finds its figure again. A stretch over a year's end is one all the same, its lines add up from end to end.
func (d Ports) ledgerEnds(ctx context.Context, c *op.Call, r reading, a Account, days span) (opening, closing money.Money, err error) {
	var begin civil.Date // of the books
	if !a.Type.OnBalanceSheet() {
		begin = r.yearOf(days.from)
	}
	moved, err := d.movements(ctx, c, a.Entity, r, span{begin, days.from.AddDays(-1)}, span{begin, days.to})
	if err != nil {
		return opening, closing, err
	}
	zero := money.FromMinor(0, r.chart.Currency)
	return zero.Add(moved[0][a.Code].net()), zero.Add(moved[1][a.Code].net()), nil
}

// HasValues tells whether a line's dimension values are those that a filter asks for.
func HasValues(have, filter map[string]string) bool {
	for d, v := range filter {
		if have[d] != v {
			return false
		}
	}
	return true
}
