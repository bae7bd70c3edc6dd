package migration

import (
	"context"
	"sort"

	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// PreviewImport shows what committing an import would post.
var PreviewImport = op.Op[Ports, ImportRef, Preview]{
	Spec: op.Spec{
		ID: "migration.preview-import", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}/preview", Permission: "imports.read",
		Summary:     "Preview an import",
		Description: "The dry run of an import: how many journals would be posted, the total of each account, and how many rows are rejected. The journals and the errors have lists of their own.",
		Access:      []op.Access{{Table: Table, Do: op.Get}, {Table: finance.Table, Do: op.Get}},
		Example:     op.Example{Given: []string{"migration.stage-rows"}, Path: "importId=${migration.create-import.id}"},
	},
	Handle: previewImport,
}

// Preview is what committing an import would post.
type Preview struct {
	Import   string         `json:"import"`
	State    State          `json:"state"`
	Journals int            `json:"journals"`
	Rows     int            `json:"rows" doc:"Rows in the journals"`
	Rejected int            `json:"rejected" doc:"Rows that would be left out"`
	Accounts []AccountTotal `json:"accounts"`
	Debit    money.Money    `json:"debit"`
	Credit   money.Money    `json:"credit"`
}

// AccountTotal is what is posted to one account.
type AccountTotal struct {
	Account string      `json:"account"`
	Name    string      `json:"name"`
	Lines   int         `json:"lines"`
	Debit   money.Money `json:"debit"`
	Credit  money.Money `json:"credit"`
	Balance money.Money `json:"balance" doc:"Debit less credit"`
}

// Table renders the preview's accounts as rows.
func (p Preview) Table() ([]string, [][]string) {
	rows := make([][]string, 0, len(p.Accounts))
	for _, a := range p.Accounts {
		rows = append(rows, []string{a.Account, a.Name, a.Debit.Amount(), a.Credit.Amount(), a.Balance.Amount()})
	}
	rows = append(rows, []string{"", "Total", p.Debit.Amount(), p.Credit.Amount(), p.Debit.Sub(p.Credit).Amount()})
	return []string{"account", "name", "debit", "credit", "balance"}, rows
}

func previewImport(ctx context.Context, c *op.Call, d Ports, in ImportRef) (Preview, error) {
	i, err := d.current(ctx, c, in)
	if err != nil {
		return Preview{}, err
	}
	totals, err := d.Imports.Totals(ctx, c.Tenant, i)
	if err != nil {
		return Preview{}, err
	}
	chart, err := d.Finance.Books.Chart(ctx, c.Tenant, i.Entity)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Import: i.ID, State: i.State, Journals: i.Counts.Staged, Rows: i.Counts.Accepted, Rejected: i.Counts.Rejected, Accounts: []AccountTotal{}}
	p.Debit = money.FromMinor(0, chart.Currency)
	p.Credit = p.Debit
	for _, code := range accountsOf(totals.Accepted) {
		s := totals.Accepted[code]
		debit, credit := s.sides(chart.Currency)
		named, _ := chart.Accounts.Get(code)
		p.Accounts = append(p.Accounts, AccountTotal{Account: code, Name: named.Name, Lines: s.Lines, Debit: debit, Credit: credit, Balance: debit.Sub(credit)})
		p.Debit, p.Credit = p.Debit.Add(debit), p.Credit.Add(credit)
	}
	return p, nil
}

// accountsOf lists the accounts of several sums, in order.
func accountsOf(all ...map[string]Side) []string {
	seen := map[string]bool{}
	var out []string
	for _, m := range all {
		for code := range m {
			if !seen[code] {
				seen[code] = true
				out = append(out, code)
			}
		}
	}
	sort.Strings(out)
	return out
}
