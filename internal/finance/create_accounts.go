package finance

import (
	"context"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// CreateAccounts adds several accounts in one call: a chart from another system, or a department's set of them.
var CreateAccounts = op.Batch[Ports, CreateAccountIn, Account]{
	Spec: op.Spec{
		ID: "finance.create-accounts", Kind: op.Command, Route: "POST /finance/v1/accounts/batch", Permission: "accounts.create",
		Summary: "Add accounts in bulk",
		Description: "Adds up to 100 accounts, each with an answer of its own. With `atomic=true` the accounts are of one entity and are added " +
			"all or not at all; one may stand under another of the same call that comes before it.",
		Access: []op.Access{{Table: Table, Do: op.Get | op.Put}},
		Example: op.Example{Query: "atomic=true", Body: `{"items":[{"entity":"${finance.create-entity.id}","code":"7191","name":"Trustees' expenses","type":"expense",` +
			`"class":"administrative-expenses"}]}`},
	},
	Item:     &CreateAccount,
	Together: createAccounts,
	Again:    createAccountsAgain,
}

func createAccounts(ctx context.Context, c *op.Call, d Ports, all []CreateAccountIn) ([]Account, error) {
	chart, err := d.chart(ctx, c, all[0].Entity)
	if err != nil {
		return nil, fault.Within(op.ItemPointer(0), entityFault(err))
	}
	faults := fault.Collect()
	out := make([]Account, 0, len(all))
	for i, in := range all {
		if in.Entity != chart.Entity {
			faults.Add(op.ItemPointer(i)+"/entity", RuleBatchMixed)
			continue
		}
		a, err := chart.Add(in.Code, in.AccountFields)
		if err != nil {
			if err := faults.Gather(fault.Within(op.ItemPointer(i), err)); err != nil {
				return nil, err
			}
			continue
		}
		chart.Accounts = chart.Accounts.With(a) // the next item may stand below this one
		c.Act.AlsoRecord(a.ID, a.Version)
		out = append(out, a)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	// One write for all: two items of one transaction must not change the same row of the store.
	d.Books.SaveChart(c.Act, chart)
	return out, nil
}

// createAccountsAgain answers a repeated call by the accounts as they are now. They come in the order of the call, and of one
// entity, so its chart is read once.
func createAccountsAgain(ctx context.Context, c *op.Call, d Ports, was op.Recorded) ([]Account, error) {
	c.Version = 0
	out := make([]Account, 0, len(was.Records()))
	var chart Chart
	for _, id := range was.Records() {
		entity, code, _ := SplitID(id)
		if chart.Entity != entity {
			var err error
			if chart, err = d.chart(ctx, c, entity); err != nil {
				return nil, err
			}
		}
		a, _ := chart.Accounts.Get(code)
		out = append(out, a)
	}
	return out, nil
}
