package finance

import (
	"context"

	"backoffice/internal/op"
)

// ArchiveAccount takes an account out of use; what was posted to it stays.
var ArchiveAccount = op.Op[Ports, AccountRef, Account]{
	Spec: op.Spec{
		ID: "finance.archive-account", Kind: op.Command, Route: "POST /finance/v1/accounts/{accountId}/archive", Permission: "accounts.archive", IfMatch: true,
		Summary: "Archive an account",
		Access:  []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example: op.Example{Path: "accountId=${finance.create-account.id}"},
	},
	Handle: archiveAccount,
	Again:  accountAgain[AccountRef],
}

func archiveAccount(ctx context.Context, c *op.Call, d Ports, in AccountRef) (Account, error) {
	chart, before, err := d.account(ctx, c, in)
	if err != nil {
		return before, err
	}
	after, err := chart.Archive(before)
	if err != nil {
		return before, err
	}
	return d.saveAccount(c, chart, before, after)
}
