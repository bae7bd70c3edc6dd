package finance

import (
	"context"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/op"
)

// AccountRef names an account in the path.
type AccountRef struct {
	AccountID string `path:"accountId" json:"-" doc:"<entity id>.<code>"`
}

// account reads the chart and finds the account named in the path.
func (d Ports) account(ctx context.Context, c *op.Call, ref AccountRef) (Chart, Account, error) {
	entity, code, ok := SplitID(ref.AccountID)
	if !ok {
		return Chart{}, Account{}, op.RuleNotFound.Err()
	}
	chart, err := d.chart(ctx, c, entity)
	if err != nil {
		return chart, Account{}, err
	}
	a, ok := chart.Accounts.Get(code)
	if !ok {
		return chart, a, op.RuleNotFound.Err()
	}
	return chart, a, c.Match(a.Version)
}

func (d Ports) saveAccount(c *op.Call, chart Chart, before, after Account) (Account, error) {
	chart.Accounts = chart.Accounts.With(after)
	d.Books.SaveChart(c.Act, chart)
	c.Act.Changed(after.ID, after.Version, before, after)
	return after, nil
}

func accountAgain[In any](ctx context.Context, c *op.Call, d Ports, _ In, was op.Recorded) (Account, error) {
	c.Version = 0
	_, a, err := d.account(ctx, c, AccountRef{AccountID: was.Result.ID})
	return a, err
}

// entityFault says of an unknown entity named in the body what a body's field deserves: a broken rule, not a missing page.
func entityFault(err error) error {
	if fault.OfKind(err, fault.NotFound) {
		return RuleEntityUnknown.At("/entity")
	}
	return err
}

func checkBlank(c *fault.Collector, pointer, text string) {
	c.Check(strings.TrimSpace(text) != "", pointer, RuleBlank)
}
