package migration

import (
	"context"

	"backoffice/internal/civil"
	"backoffice/internal/finance"
	"backoffice/internal/money"
	"backoffice/internal/op"
)

// ReconcileImport holds file, journals and ledger against one another.
var ReconcileImport = op.Op[Ports, ImportRef, Reconciliation]{
	Spec: op.Spec{
		ID: "migration.reconcile-import", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}/reconciliation", Permission: "imports.read",
		Summary: "Reconcile an import",
		Description: "Holds the totals of the file against those of the journals, account by account, and beside them what the ledger's balances hold. The ledger's figures count " +
			"every journal of the accounts, whoever posted it, and follow by moments: pending says what they lack.",
		Access:  []op.Access{{Table: Table, Do: op.Get}, {Table: finance.Table, Do: op.Get | op.List, Indexes: "pending"}},
		Example: op.Example{Given: []string{"migration.post-journals"}, Path: "importId=${migration.create-import.id}"},
	},
	Handle: reconcileImport,
}

// Reconciliation is how file, journals and ledger stand to one another.
type Reconciliation struct {
	Import   string                  `json:"import"`
	State    State                   `json:"state"`
	Counts   Counts                  `json:"counts"`
	Sums     Sums                    `json:"sums"`
	Accounts []AccountReconciliation `json:"accounts"`
	Agrees   bool                    `json:"agrees" doc:"Whether every accepted row is posted, or every posted one reversed, to the penny"`
	Pending  finance.Waiting         `json:"pending" doc:"What the ledger's balances do not hold yet"`
}

// AccountReconciliation is one account.
type AccountReconciliation struct {
	Account  string      `json:"account"`
	Accepted money.Money `json:"accepted" doc:"Of the rows accepted, debit less credit"`
	Posted   money.Money `json:"posted" doc:"Of the journals posted"`
	Reversed money.Money `json:"reversed" doc:"Of the journals reversed, before their reversal"`
	Ledger   money.Money `json:"ledger" doc:"Balance of the account over all time"`
	Other    money.Money `json:"other" doc:"What of the ledger's balance other journals make"`
}

// Table renders the accounts as rows.
func (r Reconciliation) Table() ([]string, [][]string) {
	rows := make([][]string, 0, len(r.Accounts))
	for _, a := range r.Accounts {
		rows = append(rows, []string{a.Account, a.Accepted.Amount(), a.Posted.Amount(), a.Reversed.Amount(), a.Ledger.Amount(), a.Other.Amount()})
	}
	return []string{"account", "accepted", "posted", "reversed", "ledger", "other"}, rows
}

func reconcileImport(ctx context.Context, c *op.Call, d Ports, in ImportRef) (Reconciliation, error) {
	i, err := d.current(ctx, c, in)
	if err != nil {
		return Reconciliation{}, err
	}
	totals, err := d.Imports.Totals(ctx, c.Tenant, i)
	if err != nil {
		return Reconciliation{}, err
	}
	r := Reconciliation{Import: i.ID, State: i.State, Counts: i.Counts, Sums: i.Sums, Accounts: []AccountReconciliation{}}
	if r.Pending, err = d.Finance.Pending.Pending(ctx, c.Tenant); err != nil {
		return r, err
	}
	books, err := d.Finance.Books.Posting(ctx, c.Tenant, i.Entity, nil)
	if err != nil {
		return r, err
	}
	ledger, err := d.ledger(ctx, c, i.Entity, books)
	if err != nil {
		return r, err
	}
	base := books.Chart.Currency
	r.Agrees = i.Sums.Posted.Equal(i.Sums.Accepted) && i.Counts.PostedRows == i.Counts.Accepted
	for _, code := range accountsOf(totals.Accepted, totals.Posted) {
		a := AccountReconciliation{Account: code, Accepted: totals.Accepted[code].net(base), Posted: totals.Posted[code].net(base),
			Reversed: totals.Reversed[code].net(base), Ledger: money.FromMinor(0, base)}
		if sum, there := ledger[code]; there {
			a.Ledger = sum
		}
		a.Other = a.Ledger.Sub(a.Posted).Add(a.Reversed)
		r.Agrees = r.Agrees && a.Posted.Equal(a.Accepted)
		r.Accounts = append(r.Accounts, a)
	}
	return r, nil
}

// net gives debit less credit.
func (s Side) net(base money.Currency) money.Money {
	debit, credit := s.sides(base)
	return debit.Sub(credit)
}

// ledger sums the balances of every account over all time.
func (d Ports) ledger(ctx context.Context, c *op.Call, entity string, books finance.Books) (map[string]money.Money, error) {
	sel, err := books.Chart.Select(nil)
	if err != nil {
		return nil, err
	}
	last := civil.PeriodOf(civil.FromTime(c.At))
	for p := range books.Calendar.Periods {
		if p.After(last) {
			last = p
		}
	}
	base := books.Chart.Currency
	months, err := d.Finance.Balances.Periods(ctx, c.Tenant, entity, base, sel, last)
	if err != nil {
		return nil, err
	}
	out := map[string]money.Money{}
	for _, m := range months {
		sum, there := out[m.Account]
		if !there {
			sum = money.FromMinor(0, base)
		}
		out[m.Account] = sum.Add(m.Debit).Sub(m.Credit)
	}
	return out, nil
}
