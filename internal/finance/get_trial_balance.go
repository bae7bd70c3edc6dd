package finance

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// GetTrialBalance reads the trial balance at the end of a day.
var GetTrialBalance = op.Op[Ports, TrialBalanceIn, TrialBalance]{
	Spec: op.Spec{
		ID: "finance.get-trial-balance", Kind: op.Query, Route: "GET /finance/v1/reports/trial-balance", Permission: "reports.read",
		Summary: "Trial balance",
		Description: "Every account's balance at the end of a day. Income and expense count from the beginning of the fiscal year; what earlier years left is one line, " +
			"retained earnings brought forward. With cumulative=true they count from the beginning of the books. The report reads balances, never lines.",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.List, Indexes: "pending"}},
		Example: op.Example{Given: []string{"finance.record-journal"}, Query: "entity=${finance.create-entity.id}&asOf=2026-04-30"},
	},
	Handle: getTrialBalance,
}

// TrialBalanceIn is the input of GetTrialBalance.
type TrialBalanceIn struct {
	ReportIn
	Cumulative bool `query:"cumulative" json:"-" doc:"Whether income and expense count from the beginning of the books"`
}

// TrialBalance is the report.
type TrialBalance struct {
	Entity         string             `json:"entity"`
	AsOf           civil.Date         `json:"asOf"`
	YearStart      civil.Date         `json:"yearStart" doc:"First day of the fiscal year"`
	Currency       money.Currency     `json:"currency"`
	Accounts       []TrialBalanceLine `json:"accounts"`
	BroughtForward money.Money        `json:"broughtForward" doc:"Result of earlier fiscal years, a profit above nought; counted among the credits"`
	Debit          money.Money        `json:"debit" doc:"Sum of the debit balances"`
	Credit         money.Money        `json:"credit" doc:"Sum of the credit balances"`
	Pending        Waiting            `json:"pending" doc:"What the balances do not hold yet"`
}

// TrialBalanceLine is one account of the report.
type TrialBalanceLine struct {
	Account string      `json:"account" doc:"Code"`
	ID      string      `json:"id" doc:"Id of the account, for drilling down"`
	Name    string      `json:"name"`
	Type    AccountType `json:"type"`
	Debit   money.Money `json:"debit"`
	Credit  money.Money `json:"credit"`
	Balance money.Money `json:"balance" doc:"Debit less credit"`
}

// Table renders the report as rows.
func (t TrialBalance) Table() ([]string, [][]string) {
	rows := make([][]string, 0, len(t.Accounts)+2)
	for _, l := range t.Accounts {
		rows = append(rows, []string{l.Account, l.Name, string(l.Type), l.Debit.Amount(), l.Credit.Amount(), l.Balance.Amount()})
	}
	debit, credit := sides(t.BroughtForward.Neg())
	rows = append(rows, []string{"", "Retained earnings brought forward", string(Equity), debit.Amount(), credit.Amount(), t.BroughtForward.Neg().Amount()})
	rows = append(rows, []string{"", "Total", "", t.Debit.Amount(), t.Credit.Amount(), t.Debit.Sub(t.Credit).Amount()})
	return []string{"account", "name", "type", "debit", "credit", "balance"}, rows
}

func getTrialBalance(ctx context.Context, c *op.Call, d Ports, in TrialBalanceIn) (TrialBalance, error) {
	r, err := d.read(ctx, c, in.ReportIn)
	if err != nil {
		return TrialBalance{}, err
	}
	day := in.day(c)
	start := r.yearOf(day)
	moved, err := d.movements(ctx, c, in.Entity, r, span{to: day}, span{from: start, to: day})
	if err != nil {
		return TrialBalance{}, err
	}
	ever, thisYear := moved[0], moved[1]
	zero := money.FromMinor(0, r.chart.Currency)
	t := TrialBalance{Entity: in.Entity, AsOf: day, YearStart: start, Currency: r.chart.Currency, BroughtForward: zero, Debit: zero, Credit: zero,
		Pending: r.waiting, Accounts: []TrialBalanceLine{}}
	for _, code := range sortedAccounts(ever) {
		a, _ := r.chart.Accounts.Get(code)
		net := ever[code].net()
		// What income and expense came to in earlier years is nobody's balance any more: it is brought forward as one line, and
		// debits equal credits only with it.
		if !a.Type.OnBalanceSheet() && !in.Cumulative {
			sofar := zero
			if y, ok := thisYear[code]; ok {
				sofar = y.net()
			}
			t.BroughtForward = t.BroughtForward.Sub(net.Sub(sofar))
			net = sofar
		}
		debit, credit := sides(net)
		t.Accounts = append(t.Accounts, TrialBalanceLine{Account: code, ID: a.ID, Name: a.Name, Type: a.Type, Debit: debit, Credit: credit, Balance: net})
		t.Debit, t.Credit = t.Debit.Add(debit), t.Credit.Add(credit)
	}
	debit, credit := sides(t.BroughtForward.Neg())
	t.Debit, t.Credit = t.Debit.Add(debit), t.Credit.Add(credit)
	return t, nil
}
