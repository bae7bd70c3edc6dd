package ddbtest

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// setTTL turns expiry by an attribute on or off.
func (c *C) setTTL(table, attribute string, on bool) error {
	_, err := c.DB.UpdateTimeToLive(c.ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               aws.String(table),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(attribute), Enabled: aws.Bool(on)},
	})
	return err
}

func (c *C) ttlOf(table string) string {
	answer, err := c.DB.DescribeTimeToLive(c.ctx, &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(table)})
	c.must(err)
	got := answer.TimeToLiveDescription
	return fmt.Sprintf("%s %s", got.TimeToLiveStatus, aws.ToString(got.AttributeName))
}

func ttlChecks(s *Suite) {
	s.check("off at first", func(c *C) {
		c.same("description", c.ttlOf(c.ownTable(tableSpec{hash: "pk S"})), "DISABLED ")
	})
	s.check("on", func(c *C) {
		table := c.ownTable(tableSpec{hash: "pk S"})
		c.must(c.setTTL(table, "expires", true))
		if got := c.ttlOf(table); got != "ENABLED expires" && got != "ENABLING expires" {
			c.Errorf("description: got %s", got)
		}
	})
	s.check("refused on twice", func(c *C) {
		table := c.ownTable(tableSpec{hash: "pk S"})
		c.must(c.setTTL(table, "expires", true))
		c.wantError(c.setTTL(table, "expires", true), validation)
	})
	s.check("refused off twice", func(c *C) {
		c.wantError(c.setTTL(c.ownTable(tableSpec{hash: "pk S"}), "expires", false), validation)
	})
	s.check("refused unknown table", func(c *C) {
		c.wantError(c.setTTL("ddbtest-no-such-table", "expires", true), notFound)
	})
	s.check("refused no attribute", func(c *C) {
		c.wantError(c.setTTL(c.ownTable(tableSpec{hash: "pk S"}), "", true), validation)
	})
	sweepChecks(s)
}

// expiryRows are values of the expiry attribute, given the time now, and
// whether a sweep removes an item that holds them.
var expiryRows = []struct {
	name    string
	value   func(now time.Time) types.AttributeValue
	removed bool
}{
	{"past", func(now time.Time) types.AttributeValue { return seconds(now.Add(-time.Minute)) }, true},
	{"future", func(now time.Time) types.AttributeValue { return seconds(now.Add(time.Hour)) }, false},
	{"text", func(now time.Time) types.AttributeValue { return S(fmt.Sprint(now.Add(-time.Minute).Unix())) }, false},
	{"null", func(time.Time) types.AttributeValue { return &types.AttributeValueMemberNULL{Value: true} }, false},
	{"more than five years ago", func(now time.Time) types.AttributeValue { return seconds(now.AddDate(-6, 0, 0)) }, false},
	{"milliseconds", func(now time.Time) types.AttributeValue { return N(fmt.Sprint(now.Add(-time.Minute).UnixMilli())) }, false},
}

func seconds(at time.Time) types.AttributeValue { return N(fmt.Sprint(at.Unix())) }

// sweepChecks run where the store can be told to sweep.
func sweepChecks(s *Suite) {
	sweeps := func(name string, body func(c *C)) {
		s.check(name, func(c *C) {
			if c.target.SweepTTL == nil || c.target.Now == nil {
				c.Skip("this store cannot be told to remove expired items")
			}
			body(c)
		})
	}
	expiring := tableSpec{hash: "pk S", stream: types.StreamViewTypeNewAndOldImages, indexes: []indexSpec{
		{name: "all", hash: "gpk S", project: types.ProjectionTypeAll},
	}}
	for _, row := range expiryRows {
		sweeps("sweep of "+row.name, func(c *C) {
			table := c.ownTable(expiring)
			c.must(c.setTTL(table, "expires", true))
			c.put(table, merge(c.own(`{"gpk":"g"}`), Item{"expires": row.value(c.target.Now())}))
			c.must(c.target.SweepTTL())
			c.sameExists(table, !row.removed)
			answer, err := c.DB.Scan(c.ctx, &dynamodb.ScanInput{TableName: aws.String(table), IndexName: aws.String("all")})
			c.must(err)
			if left := len(answer.Items) == 1; left == row.removed {
				c.Errorf("the index holds the item: %v, want %v", left, !row.removed)
			}
		})
	}
	sweeps("sweep is marked in the stream", func(c *C) {
		table := c.ownTable(expiring)
		c.must(c.setTTL(table, "expires", true))
		c.put(table, with(c.own(`{}`), "expires", seconds(c.target.Now().Add(-time.Minute))))
		c.must(c.target.SweepTTL())
		c.sentinel(table)
		records := c.ownRecords(table)
		if len(records) != 2 {
			c.Fatalf("got %d records, want 2", len(records))
		}
		if records[0].UserIdentity != nil {
			c.Errorf("the user's put is marked as the service's")
		}
		identity := records[1].UserIdentity
		if identity == nil {
			c.Fatalf("the removal is not marked")
		}
		c.same("event", string(records[1].EventName), "REMOVE")
		c.same("identity", aws.ToString(identity.Type)+" "+aws.ToString(identity.PrincipalId), "Service dynamodb.amazonaws.com")
	})
	sweeps("no sweep when off", func(c *C) {
		table := c.ownTable(expiring)
		c.put(table, with(c.own(`{}`), "expires", seconds(c.target.Now().Add(-time.Minute))))
		c.must(c.target.SweepTTL())
		c.sameExists(table, true)
	})
	sweeps("expired item is there until the sweep", func(c *C) {
		table := c.ownTable(expiring)
		c.must(c.setTTL(table, "expires", true))
		c.put(table, with(c.own(`{}`), "expires", seconds(c.target.Now().Add(-time.Minute))))
		c.sameExists(table, true)
	})
}
