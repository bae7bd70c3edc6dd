package finance

import (
	"context"

	"backoffice/internal/op"
)

// UpdateAccount changes an account's name, class, parent, control or dimension rules.
var UpdateAccount = op.Op[Ports, UpdateAccountIn, Account]{
	Spec: op.Spec{
		ID: "finance.update-account", Kind: op.Command, Route: "PATCH /finance/v1/accounts/{accountId}", Permission: "accounts.update", IfMatch: true,
		Summary:     "Change an account",
		Description: "Changes an account by a JSON Merge Patch. Code and type stay: an account that was wrong from the start is archived and made anew.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example:     op.Example{Path: "accountId=${finance.create-account.id}", Body: `{"name":"Volunteers' travel"}`},
	},
	Handle: updateAccount,
	Again:  accountAgain[UpdateAccountIn],
}

// UpdateAccountIn is the input of UpdateAccount.
type UpdateAccountIn struct {
	AccountRef
	Patch op.Merge[AccountFields] `body:"merge" json:"-"`
}

func updateAccount(ctx context.Context, c *op.Call, d Ports, in UpdateAccountIn) (Account, error) {
	chart, before, err := d.account(ctx, c, in.AccountRef)
	if err != nil {
		return before, err
	}
	fields, err := in.Patch.Apply(before.AccountFields)
	if err != nil {
		return before, err
	}
	after, err := chart.Change(before, fields)
	if err != nil {
		return before, err
	}
	return d.saveAccount(c, chart, before, after)
}
