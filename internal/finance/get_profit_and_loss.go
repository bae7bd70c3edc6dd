package finance

import (
	"context"
	"sort"

	"backoffice/internal/civil"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// GetProfitAndLoss reads the profit and loss account between two days.
var GetProfitAndLoss = op.Op[Ports, ProfitAndLossIn, ProfitAndLoss]{
	Spec: op.Spec{
		ID: "finance.get-profit-and-loss", Kind: op.Query, Route: "GET /finance/v1/reports/profit-and-loss", Permission: "reports.read",
		Summary:     "Profit and loss account",
		Description: "Income and expense by class and account between two days, both included; from the beginning of the fiscal year unless a first day is given.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.List, Indexes: "pending"}},
		Example:     op.Example{Given: []string{"finance.record-journal"}, Query: "entity=${finance.create-entity.id}&asOf=2026-04-30"},
	},
	Handle: getProfitAndLoss,
}

// ProfitAndLossIn is the input of GetProfitAndLoss.
type ProfitAndLossIn struct {
	ReportIn
	From civil.Date `query:"from" json:"-" doc:"The first day that counts; that of the fiscal year unless given"`
}

// ProfitAndLoss is the report.
type ProfitAndLoss struct {
	Entity   string         `json:"entity"`
	From     civil.Date     `json:"from"`
	AsOf     civil.Date     `json:"asOf"`
	Currency money.Currency `json:"currency"`
	Sections []Section      `json:"sections"`
	Income   money.Money    `json:"income"`
	Expense  money.Money    `json:"expense"`
	Profit   money.Money    `json:"profit" doc:"Income less expense; a loss is below nought"`
	Pending  Waiting        `json:"pending"`
}

// Section is one class of a statement.
type Section struct {
	Class    string          `json:"class"`
	Type     AccountType     `json:"type"`
	Accounts []StatementLine `json:"accounts"`
	Total    money.Money     `json:"total"`
}

// StatementLine is one account of a statement, on its natural side: what an expense costs and what income brings are both
// above nought, as are assets, liabilities and equity.
type StatementLine struct {
	Account string      `json:"account"`
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Amount  money.Money `json:"amount"`
}

// Table renders the report as rows.
func (p ProfitAndLoss) Table() ([]string, [][]string) {
	rows := sectionRows(p.Sections)
	rows = append(rows, []string{"profit", "", "", "Profit or loss", p.Profit.Amount()})
	return []string{"type", "class", "account", "name", "amount"}, rows
}

func sectionRows(sections []Section) [][]string {
	var rows [][]string
	for _, s := range sections {
		for _, l := range s.Accounts {
			rows = append(rows, []string{string(s.Type), s.Class, l.Account, l.Name, l.Amount.Amount()})
		}
		rows = append(rows, []string{string(s.Type), s.Class, "", "Total", s.Total.Amount()})
	}
	return rows
}

func getProfitAndLoss(ctx context.Context, c *op.Call, d Ports, in ProfitAndLossIn) (ProfitAndLoss, error) {
	r, err := d.read(ctx, c, in.ReportIn)
	if err != nil {
		return ProfitAndLoss{}, err
	}
	to := in.day(c)
	from := in.From
	if from.IsZero() {
		from = r.yearOf(to)
	}
	if to.Before(from) {
		return ProfitAndLoss{}, RuleDateOrder.At("from")
	}
	moved, err := d.movements(ctx, c, in.Entity, r, span{from: from, to: to})
	if err != nil {
		return ProfitAndLoss{}, err
	}
	p := ProfitAndLoss{Entity: in.Entity, From: from, AsOf: to, Currency: r.chart.Currency, Pending: r.waiting}
	p.Sections, p.Income, p.Expense = r.chart.sections(moved[0], Income, Expense)
	p.Profit = p.Income.Sub(p.Expense)
	return p, nil
}

// sections groups the accounts of two types by class, the first type's first, and sums each type.
func (c Chart) sections(sums map[string]totals, first, second AccountType) (out []Section, firstSum, secondSum money.Money) {
	zero := money.FromMinor(0, c.Currency)
	sum := map[AccountType]money.Money{first: zero, second: zero}
	byClass := map[string]*Section{}
	for _, code := range sortedAccounts(sums) {
		a, _ := c.Accounts.Get(code)
		if a.Type != first && a.Type != second {
			continue
		}
		amount := natural(a.Type, sums[code].net())
		if amount.IsZero() {
			continue
		}
		key := string(a.Type) + "/" + a.Class
		s := byClass[key]
		if s == nil {
			s = &Section{Class: a.Class, Type: a.Type, Total: zero}
			byClass[key] = s
		}
		s.Accounts = append(s.Accounts, StatementLine{Account: code, ID: a.ID, Name: a.Name, Amount: amount})
		s.Total = s.Total.Add(amount)
		sum[a.Type] = sum[a.Type].Add(amount)
	}
	out = []Section{}
	for _, s := range byClass {
		out = append(out, *s)
	}
	sort.Slice(out, func(i, j int) bool {
		if (out[i].Type == first) != (out[j].Type == first) {
			return out[i].Type == first
		}
		return out[i].Accounts[0].Account < out[j].Accounts[0].Account
	})
	return out, sum[first], sum[second]
}

// natural turns a net debit into the amount on the type's own side.
func natural(t AccountType, net money.Money) money.Money {
	if t == Asset || t == Expense {
		return net
	}
	return net.Neg()
}
