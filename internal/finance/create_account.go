package finance

import (
	"context"

	"backoffice/internal/op"
)

// CreateAccount adds an account to an entity's chart.
var CreateAccount = op.Op[Ports, CreateAccountIn, Account]{
	Spec: op.Spec{
		ID: "finance.create-account", Kind: op.Command, Route: "POST /finance/v1/accounts", Status: 201, Permission: "accounts.create",
		Summary:     "Add an account",
		Description: "Adds an account to the chart. Its code cannot be changed later; its id is the entity's id and the code.",
		Access:      []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example: op.Example{Body: `{"entity":"${finance.create-entity.id}","code":"7190","name":"Volunteers' expenses","type":"expense",` +
			`"class":"administrative-expenses","dimensions":[{"dimension":"cost-centre","presence":"required"}]}`},
	},
	Handle: createAccount,
	Again:  accountAgain[CreateAccountIn],
}

// CreateAccountIn is the input of CreateAccount.
type CreateAccountIn struct {
	Entity string `json:"entity" pattern:"^ent_[0-9A-HJKMNP-TV-Z]{26}$"`
	Code   string `json:"code" minLength:"1" maxLength:"12" example:"7190"`
	AccountFields
}

func createAccount(ctx context.Context, c *op.Call, d Ports, in CreateAccountIn) (Account, error) {
	chart, err := d.chart(ctx, c, in.Entity)
	if err != nil {
		return Account{}, entityFault(err)
	}
	a, err := chart.Add(in.Code, in.AccountFields)
	if err != nil {
		return a, err
	}
	chart.Accounts = chart.Accounts.With(a)
	d.Books.SaveChart(c.Act, chart)
	c.Act.Record(a.ID, a.Version)
	return a, nil
}
