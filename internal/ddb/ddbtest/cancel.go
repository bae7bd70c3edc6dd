package ddbtest

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// cancelChecks cancel transactions and read the reasons, one per action.
func cancelChecks(s *Suite) {
	s.check("one of three", func(c *C) {
		c.putAll(c.table(pairTable), `{"sk":"b","n":1}`)
		err := c.transact(c.txPut(`{"sk":"a"}`, ""), c.txPut(`{"sk":"b"}`, "attribute_not_exists(pk)"), c.txUpdate("c", "SET n = :v", `{":v":1}`))
		c.wantError(err, cancelled, "[None, ConditionalCheckFailed, None]")
		c.same("reasons", join(Reasons(err)), "None ConditionalCheckFailed None")
		c.partition(`{"sk":"b","n":1}`)
	})
	s.check("all that fail are named", func(c *C) {
		c.putAll(c.table(pairTable), `{"sk":"b","n":1}`)
		err := c.transact(c.txDelete("a", "attribute_exists(pk)"), c.txCheck("b", "attribute_exists(pk)"), c.txPut(`{"sk":"c"}`, "attribute_exists(pk)"))
		c.same("reasons", join(Reasons(err)), "ConditionalCheckFailed None ConditionalCheckFailed")
		c.partition(`{"sk":"b","n":1}`)
	})
	s.check("reason has a message", func(c *C) {
		err := c.transact(c.txCheck("a", "attribute_exists(pk)"))
		reasons := reasonsOf(err)
		if len(reasons) != 1 || reasons[0].Message == nil || *reasons[0].Message != "The conditional request failed" {
			c.Errorf("the reason has no message or another: %v", err)
		}
	})
	for _, kind := range []string{"put", "update", "delete", "check"} {
		s.check("old item of "+kind, func(c *C) { c.cancelReturnsOld(kind, true) })
		s.check("no item asked of "+kind, func(c *C) { c.cancelReturnsOld(kind, false) })
	}
	s.check("old item that is not there", func(c *C) {
		action := c.txCheck("a", "attribute_exists(pk)")
		action.ConditionCheck.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
		reasons := reasonsOf(c.transact(action))
		c.sameInt("reasons", len(reasons), 1)
		c.same("item", show(orEmpty(reasons[0].Item)), "{}")
	})
	s.check("condition and content fail", func(c *C) {
		c.putAll(c.table(pairTable), `{"sk":"a","n":"text"}`)
		err := c.transact(c.txUpdate("a", "ADD n :v", `{":v":1}`), c.txCheck("b", "attribute_exists(pk)"))
		c.wantError(err, cancelled)
		c.same("reasons", join(Reasons(err)), "ValidationError ConditionalCheckFailed")
		c.partition(`{"sk":"a","n":"text"}`)
	})
	s.check("content after a good action", func(c *C) {
		c.putAll(c.table(pairTable), `{"sk":"b","n":"text"}`)
		err := c.transact(c.txPut(`{"sk":"a"}`, ""), c.txUpdate("b", "SET n = n + :v", `{":v":1}`))
		c.wantError(err, cancelled)
		c.same("reasons", join(Reasons(err)), "None ValidationError")
		c.partition(`{"sk":"b","n":"text"}`)
	})
}

// reasonsOf is the whole reasons of a cancelled transaction.
func reasonsOf(err error) []types.CancellationReason {
	var refusal *types.TransactionCanceledException
	if errors.As(err, &refusal) {
		return refusal.CancellationReasons
	}
	return nil
}

// cancelReturnsOld cancels by one kind of action and looks whether the item
// that refused comes back, only where it was asked for.
func (c *C) cancelReturnsOld(kind string, asked bool) {
	c.putAll(c.table(pairTable), `{"sk":"a","n":1,"note":"old"}`)
	const condition = "attribute_not_exists(pk)"
	returned := types.ReturnValuesOnConditionCheckFailureNone
	if asked {
		returned = types.ReturnValuesOnConditionCheckFailureAllOld
	}
	var action types.TransactWriteItem
	switch kind {
	case "put":
		action = c.txPut(`{"sk":"a"}`, condition)
		action.Put.ReturnValuesOnConditionCheckFailure = returned
	case "update":
		action = c.txUpdate("a", "SET n = :v", `{":v":2}`)
		action.Update.ConditionExpression = opt(condition)
		action.Update.ReturnValuesOnConditionCheckFailure = returned
	case "delete":
		action = c.txDelete("a", condition)
		action.Delete.ReturnValuesOnConditionCheckFailure = returned
	case "check":
		action = c.txCheck("a", condition)
		action.ConditionCheck.ReturnValuesOnConditionCheckFailure = returned
	}
	reasons := reasonsOf(c.transact(action, c.txPut(`{"sk":"b"}`, "")))
	if len(reasons) != 2 {
		c.Fatalf("got %d reasons, want 2", len(reasons))
	}
	want := "{}"
	if asked {
		want = show(c.own(`{"sk":"a","n":1,"note":"old"}`))
	}
	c.same("item in the reason", show(orEmpty(reasons[0].Item)), want)
	c.same("item of the good action", show(orEmpty(reasons[1].Item)), "{}")
	c.partition(`{"sk":"a","n":1,"note":"old"}`)
}
