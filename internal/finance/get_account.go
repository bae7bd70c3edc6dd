package finance

import (
	"context"

	"backoffice/internal/op"
)

// GetAccount reads an account.
var GetAccount = op.Op[Ports, AccountRef, Account]{
	Spec: op.Spec{
		ID: "finance.get-account", Kind: op.Query, Route: "GET /finance/v1/accounts/{accountId}", Permission: "accounts.read",
		Summary: "Read an account",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Path: "accountId=${finance.create-account.id}"},
	},
	Handle: getAccount,
}

func getAccount(ctx context.Context, c *op.Call, d Ports, in AccountRef) (Account, error) {
	_, a, err := d.account(ctx, c, in)
	return a, err
}
