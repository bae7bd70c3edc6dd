package ddbtest

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"backoffice/internal/ddb"
)

// lives runs one body after another, each on the same directory opened anew.
// What a body fails is reported at its end.
func lives(t *testing.T, clock *manualClock, bodies ...func(c *C)) {
	t.Helper()
	dir := t.TempDir()
	for life, body := range bodies {
		engine, err := ddb.Open(ddb.Options{Dir: dir, Clock: clock.Now})
		if err != nil {
			t.Fatalf("life %d: %v", life, err)
		}
		c := &C{Suite: newSuite(t, engineTarget(engine, clock)), ctx: t.Context(), name: t.Name()}
		c.run(body)
		for _, failure := range c.failures {
			t.Errorf("life %d: %s", life, failure)
		}
		if err := engine.Close(); err != nil {
			t.Errorf("life %d: %v", life, err)
		}
	}
}

// TestTokensOutliveTheProcess repeats a transaction after restarts, within
// the life of its token and after it.
func TestTokensOutliveTheProcess(t *testing.T) {
	clock := newManualClock()
	add := func(c *C, amount string) error {
		return c.withToken("token", types.TransactWriteItem{Update: &types.Update{
			TableName: &plainTable.name, Key: Item{"pk": c.key()}, UpdateExpression: aws.String("ADD n :n"), ExpressionAttributeValues: item(`{":n":` + amount + `}`),
		}})
	}
	lives(t, clock,
		func(c *C) {
			c.must(c.create(plainTable))
			c.must(add(c, "1"))
		},
		func(c *C) {
			c.must(add(c, "1"))
			c.wantError(add(c, "2"), mismatch)
			c.stored(plainTable.name, `{"n":1}`)
			clock.Advance(tokenLife + 1)
		},
		func(c *C) {
			c.must(add(c, "2"))
			c.stored(plainTable.name, `{"n":3}`)
		})
}

// TestStreamsOutliveTheProcess goes on reading where it stopped, with the
// iterator of an earlier life and with a sequence number.
func TestStreamsOutliveTheProcess(t *testing.T) {
	var stream, shard, sequence, iterator string
	table := streamedTable.name
	lives(t, newManualClock(),
		func(c *C) {
			c.must(c.create(streamedTable))
			c.put(table, item(`{"pk":"1"}`))
			c.put(table, item(`{"pk":"2"}`))
			stream = c.streamOf(table)
			shard = *c.shards(stream)[0].ShardId
			var records []streamtypes.Record
			records, iterator = c.read(c.iterator(stream, shard, streamtypes.ShardIteratorTypeTrimHorizon, ""), 1)
			c.same("records", keysOf(records), "1")
			sequence = *records[0].Dynamodb.SequenceNumber
		},
		func(c *C) {
			c.same("stream", c.streamOf(table), stream)
			c.put(table, item(`{"pk":"3"}`))
			records, _ := c.read(iterator, 0)
			c.same("records by the iterator", keysOf(records), "2 3")
		},
		func(c *C) {
			c.put(table, item(`{"pk":"4"}`))
			records, _ := c.read(c.iterator(stream, shard, streamtypes.ShardIteratorTypeAfterSequenceNumber, sequence), 0)
			c.same("records by the sequence number", keysOf(records), "2 3 4")
			for i := 1; i < len(records); i++ {
				if !sequenceLess(*records[i-1].Dynamodb.SequenceNumber, *records[i].Dynamodb.SequenceNumber) {
					c.Errorf("sequence numbers do not rise across restarts")
				}
			}
		})
}

// TestTablesOutliveTheProcess looks at schema, tags, expiry and items.
func TestTablesOutliveTheProcess(t *testing.T) {
	clock := newManualClock()
	var arn *string
	name := indexedTable.name
	lives(t, clock,
		func(c *C) {
			c.must(c.create(indexedTable))
			c.put(name, with(c.own(`{"sk":"1","gsk":"g","n":{"$n":"1.50"}}`), "gpk", c.key()))
			c.must(c.setTTL(name, "expires", true))
			arn = c.arnOf(name)
			_, err := c.DB.TagResource(c.ctx, &dynamodb.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{tag("a", "b")}})
			c.must(err)
		},
		func(c *C) {
			c.shared.tables[name] = true
			tableDescribe(c)
			c.same("arn", *c.arnOf(name), *arn)
			c.same("tags", c.tagsOf(arn), "a=b")
			c.same("expiry", c.ttlOf(name), "ENABLED expires")
			answer, err := c.indexQuery("all", "gpk", c.key(), nil)
			c.must(err)
			c.same("number", column(answer.Items, "n"), "1.5")
			c.put(name, with(c.own(`{"sk":"old"}`), "expires", N("1")))
			c.dropTable(c.ctx, name)
		},
		func(c *C) {
			_, err := c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: &name})
			c.wantError(err, notFound)
			c.must(c.create(indexedTable))
			answer, err := c.DB.Scan(c.ctx, &dynamodb.ScanInput{TableName: &name})
			c.must(err)
			c.sameInt("items of a table made again", len(answer.Items), 0)
		})
}

// TestOneOpener demands that a directory is open once only, and free again
// after it was closed.
func TestOneOpener(t *testing.T) {
	dir := t.TempDir()
	first, err := ddb.Open(ddb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if second, err := ddb.Open(ddb.Options{Dir: dir}); !errors.Is(err, ddb.ErrInUse) {
		t.Errorf("second opener: got %v, %v", second, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	openEngine(t, ddb.Options{Dir: dir})
}

// TestCheckpoint copies a store while clients write, and opens the copy:
// transfers between two items are never torn in it.
func TestCheckpoint(t *testing.T) {
	engine := openEngine(t, ddb.Options{Dir: t.TempDir()})
	c := &C{Suite: newSuite(t, engineTarget(engine, nil)), ctx: t.Context()}
	if err := c.create(plainTable); err != nil {
		t.Fatal(err)
	}
	add := func(key, amount string) types.TransactWriteItem {
		return types.TransactWriteItem{Update: &types.Update{
			TableName: &plainTable.name, Key: Item{"pk": S(key)}, UpdateExpression: aws.String("ADD n :n"), ExpressionAttributeValues: item(`{":n":` + amount + `}`),
		}}
	}
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range killClients {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := c.DB.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{add("a", "1"), add("b", "-1")}}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 3 {
		copied := filepath.Join(t.TempDir(), "copy")
		least := number(c.get(plainTable.name, item(`{"pk":"a"}`)))
		if err := engine.Checkpoint(copied); err != nil {
			t.Fatal(err)
		}
		other := &C{Suite: newSuite(t, engineTarget(openEngine(t, ddb.Options{Dir: copied}), nil)), ctx: t.Context()}
		a, b := number(other.get(plainTable.name, item(`{"pk":"a"}`))), number(other.get(plainTable.name, item(`{"pk":"b"}`)))
		if a+b != 0 || a < least {
			t.Errorf("the copy holds %d and %d, with at least %d acknowledged", a, b, least)
		}
	}
	close(stop)
	clients.Wait()
}
