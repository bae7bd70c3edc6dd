package finance

import (
	"context"

	"backoffice/internal/op"
)

// RecordOpeningBalances posts the balances with which an entity's books begin.
var RecordOpeningBalances = op.Op[Ports, RecordOpeningBalancesIn, JournalView]{
	Spec: op.Spec{
		ID: "finance.record-opening-balances", Kind: op.Command, Route: "POST /finance/v1/opening-balances", Status: 201, Permission: "opening-balances.record",
		Summary:     "Record opening balances",
		Description: "Posts the balances with which the books begin, as one balanced journal on balance sheet accounts.",
		Uses:        []*op.Contribution{&Posting},
		Example: op.Example{Given: []string{"finance.open-fiscal-year"}, Body: `{"entity":"${finance.create-entity.id}","date":"2026-04-01","description":"Balances brought forward",` +
			`"lines":[{"account":"1200","debit":{"amount":"500.00","currency":"GBP"}},{"account":"3200","credit":{"amount":"500.00","currency":"GBP"}}]}`},
	},
	Handle: recordOpeningBalances,
	Again:  journalAgain[RecordOpeningBalancesIn],
}

// RecordOpeningBalancesIn is the input of RecordOpeningBalances.
type RecordOpeningBalancesIn struct{ JournalFields }

func recordOpeningBalances(ctx context.Context, c *op.Call, d Ports, in RecordOpeningBalancesIn) (JournalView, error) {
	posted, err := d.Post(ctx, c, Opening, in.JournalFields)
	if err != nil {
		return JournalView{}, err
	}
	return posted[0].View(), nil
}
