package finance

import (
	"context"
	"sort"

	"backoffice/internal/op"
)

// ListAccounts lists an entity's accounts by code.
var ListAccounts = op.Op[Ports, ListAccountsIn, op.Records[Account]]{
	Spec: op.Spec{
		ID: "finance.list-accounts", Kind: op.Query, Route: "GET /finance/v1/accounts", Permission: "accounts.read",
		Summary: "List accounts",
		Access:  []op.Access{{Table: Table, Do: op.Get}},
		Example: op.Example{Query: "entity=${finance.create-entity.id}&type=expense"},
	},
	Handle: listAccounts,
}

// ListAccountsIn is the input of ListAccounts.
type ListAccountsIn struct {
	op.PageOf
	Entity   string        `query:"entity" json:"-" required:"true" maxLength:"64" doc:"The entity whose chart is listed"`
	Type     []AccountType `query:"type" json:"-" enum:"asset,liability,equity,income,expense"`
	Archived bool          `query:"archived" json:"-" doc:"Whether archived accounts are listed too"`
}

func listAccounts(ctx context.Context, c *op.Call, d Ports, in ListAccountsIn) (op.Records[Account], error) {
	after, err := c.Position(in.Cursor)
	if err != nil {
		return op.Records[Account]{}, err
	}
	chart, err := d.chart(ctx, c, in.Entity)
	if err != nil {
		return op.Records[Account]{}, err
	}
	all := chart.Sorted()
	from := sort.Search(len(all), func(i int) bool { return all[i].Code > after["code"] })
	out := make([]Account, 0, in.Size())
	for _, a := range all[from:] {
		if a.Archived && !in.Archived || !isOneOf(a.Type, in.Type) {
			continue
		}
		if len(out) == in.Size() {
			return op.NewRecords(c, in.PageOf, out, map[string]string{"code": out[len(out)-1].Code}), nil
		}
		out = append(out, a)
	}
	return op.NewRecords(c, in.PageOf, out, nil), nil
}

func isOneOf(t AccountType, of []AccountType) bool {
	for _, o := range of {
		if o == t {
			return true
		}
	}
	return len(of) == 0
}
