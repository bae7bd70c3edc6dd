package ddbtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The documented life and length of an idempotency token.
const (
	tokenLife     = 10 * time.Minute
	tokenBytesMax = 36
)

// withToken writes the actions under an idempotency token.
func (c *C) withToken(token string, actions ...types.TransactWriteItem) error {
	_, err := c.DB.TransactWriteItems(c.ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: actions, ClientRequestToken: aws.String(token),
	})
	return err
}

// token is a token of the check's own, short enough for the limit.
func (c *C) token() string {
	return fmt.Sprintf("%.*s", tokenBytesMax, strings.ReplaceAll(c.name, "/", "-"))
}

func tokenChecks(s *Suite) {
	add := func(c *C, amount string) types.TransactWriteItem {
		return c.txUpdate("a", "ADD n :v", `{":v":`+amount+`}`)
	}
	s.check("repeat is not applied", func(c *C) {
		for range 3 {
			c.wantError(c.withToken(c.token(), add(c, "1")), "")
		}
		c.partition(`{"sk":"a","n":1}`)
	})
	s.check("other token is applied", func(c *C) {
		c.wantError(c.withToken(c.token()+"1", add(c, "1")), "")
		c.wantError(c.withToken(c.token()+"2", add(c, "1")), "")
		c.partition(`{"sk":"a","n":2}`)
	})
	s.check("repeat holds after other writes", func(c *C) {
		c.wantError(c.withToken(c.token(), add(c, "1")), "")
		c.must(c.transact(c.txUpdate("a", "SET n = :v", `{":v":100}`)))
		c.wantError(c.withToken(c.token(), add(c, "1")), "")
		c.partition(`{"sk":"a","n":100}`)
	})
	s.check("other content", func(c *C) {
		c.wantError(c.withToken(c.token(), add(c, "1")), "")
		c.wantError(c.withToken(c.token(), add(c, "2")), mismatch)
		c.partition(`{"sk":"a","n":1}`)
	})
	s.check("one action more", func(c *C) {
		c.wantError(c.withToken(c.token(), add(c, "1")), "")
		c.wantError(c.withToken(c.token(), add(c, "1"), c.txPut(`{"sk":"b"}`, "")), mismatch)
		c.partition(`{"sk":"a","n":1}`)
	})
	s.check("refused is not remembered", func(c *C) {
		actions := []types.TransactWriteItem{c.txCheck("b", "attribute_exists(pk)"), add(c, "1")}
		c.wantError(c.withToken(c.token(), actions...), cancelled)
		c.putAll(c.table(pairTable), `{"sk":"b"}`)
		c.wantError(c.withToken(c.token(), actions...), "")
		c.partition(`{"sk":"a","n":1}`, `{"sk":"b"}`)
	})
	s.check("repeat of a put whose condition no longer holds", func(c *C) {
		put := c.txPut(`{"sk":"a"}`, "attribute_not_exists(pk)")
		c.wantError(c.withToken(c.token(), put), "")
		c.wantError(c.withToken(c.token(), put), "")
		c.partition(`{"sk":"a"}`)
	})
	s.check("longest", func(c *C) {
		c.wantError(c.withToken(strings.Repeat("t", tokenBytesMax), c.txPut(`{"sk":"a"}`, "")), "")
	})
	s.check("too long", func(c *C) {
		c.wantError(c.withToken(strings.Repeat("t", tokenBytesMax+1), c.txPut(`{"sk":"a"}`, "")), validation)
		c.partition()
	})
	s.check("lives ten minutes", func(c *C) {
		if c.target.Advance == nil {
			c.Skip("the clock of this store cannot be moved")
		}
		c.wantError(c.withToken(c.token(), add(c, "1")), "")
		c.target.Advance(tokenLife - time.Second)
		c.wantError(c.withToken(c.token(), add(c, "1")), "")
		c.partition(`{"sk":"a","n":1}`)
		c.target.Advance(2 * time.Second)
		c.wantError(c.withToken(c.token(), add(c, "2")), "")
		c.partition(`{"sk":"a","n":3}`)
	})
}
