package ddbtest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// streamReplay rebuilds the table from its stream alone. It goes on where it
// stopped before a crash.
type streamReplay struct {
	items   map[string]string // key → item
	last    string            // sequence number of the last record applied
	records int
}

// verifyKill looks at all a restarted store holds.
func verifyKill(t *testing.T, c *C, logs []*killLog, replay *streamReplay) {
	t.Helper()
	done := make(chan struct{})
	go func() { // so that a helper's Fatalf ends only this
		defer close(done)
		table := c.byKey("")
		for _, log := range logs {
			c.verifyClient(log, table)
		}
		// Repeated transactions were in flight; they add to the table.
		table = c.byKey("")
		c.verifyIndex(table)
		c.verifyStream(table, replay)
	}()
	<-done
	for _, failure := range c.failures {
		t.Error(failure)
	}
	if t.Failed() {
		t.FailNow()
	}
}

// byKey scans the table or an index.
func (c *C) byKey(index string) map[string]string {
	items, _ := c.scanAll(&dynamodb.ScanInput{TableName: &killTable.name, IndexName: opt(index)})
	out := make(map[string]string, len(items))
	for _, one := range items {
		key := column([]Item{one}, "pk") + "/" + column([]Item{one}, "sk")
		if _, twice := out[key]; twice {
			c.Errorf("%s is in %q twice", key, index)
		}
		out[key] = show(one)
	}
	return out
}

// verifyClient compares a client's knowledge with the table, and settles what
// was in doubt: a plain write by looking, a transaction by repeating it under
// its token, after which it has to be there once.
func (c *C) verifyClient(log *killLog, table map[string]string) {
	if log.doubt != "" {
		log.items[log.doubt] = table["item/"+log.doubt]
		log.doubt = ""
	}
	for sort, want := range log.items {
		if got := table["item/"+sort]; got != want {
			c.Errorf("client %d, acknowledged %s:\n got %s\nwant %s", log.client, sort, got, want)
		}
	}
	counter := number(c.get(killTable.name, log.counterKey()))
	if log.doubtTx == nil {
		c.sameInt(fmt.Sprintf("counter of client %d", log.client), counter, log.added)
		return
	}
	sort := strings.TrimPrefix(aws.ToString(log.doubtTx.ClientRequestToken), "kill-")
	found := counter - log.added
	for _, part := range transactionParts {
		if table["item/"+sort+part] != "" {
			found++
		}
	}
	if found != 0 && found != len(transactionParts)+1 {
		c.Errorf("client %d: transaction %s is torn: %d of its parts are there", log.client, sort, found)
	}
	_, err := c.DB.TransactWriteItems(c.ctx, log.doubtTx)
	c.must(err)
	log.noteTransaction(sort)
	log.doubtTx = nil
	c.sameInt(fmt.Sprintf("counter of client %d after a repeat", log.client), number(c.get(killTable.name, log.counterKey())), log.added)
}

// verifyIndex demands that the index holds exactly the items with its key.
func (c *C) verifyIndex(table map[string]string) {
	index := c.byKey("all")
	for key, one := range table {
		if !strings.Contains(one, `"gpk":`) {
			one = ""
		}
		if index[key] != one {
			c.Errorf("index entry of %s:\n got %s\nwant %s", key, index[key], one)
		}
	}
	for key := range index {
		if _, ok := table[key]; !ok {
			c.Errorf("the index holds %s, the table does not", key)
		}
	}
}

// verifyStream applies the records since the last time, each of which has to
// fit the state before it, and demands the table as the result.
func (c *C) verifyStream(table map[string]string, replay *streamReplay) {
	stream := c.streamOf(killTable.name)
	for _, shard := range c.shards(stream) {
		kind := streamtypes.ShardIteratorTypeTrimHorizon
		if replay.last != "" {
			kind = streamtypes.ShardIteratorTypeAfterSequenceNumber
		}
		iterator := c.iterator(stream, *shard.ShardId, kind, replay.last)
		for iterator != "" {
			var records []streamtypes.Record
			if records, iterator = c.read(iterator, 0); len(records) == 0 {
				break
			}
			for _, record := range records {
				c.apply(record, replay)
			}
		}
	}
	for key, one := range table {
		if replay.items[key] != one {
			c.Errorf("%s by the stream:\n got %s\nwant %s", key, replay.items[key], one)
		}
	}
	c.sameInt("items by the stream", len(replay.items), len(table))
}

func (c *C) apply(record streamtypes.Record, replay *streamReplay) {
	keys := itemFromStream(record.Dynamodb.Keys)
	key := column([]Item{keys}, "pk") + "/" + column([]Item{keys}, "sk")
	before := fromStream(record.Dynamodb.OldImage)
	if held, ok := replay.items[key]; before != either(held, "none") {
		c.Errorf("record %s of %s: old image %s, but it was %s (%v)", aws.ToString(record.Dynamodb.SequenceNumber), key, before, held, ok)
	}
	if after := fromStream(record.Dynamodb.NewImage); after == "none" {
		delete(replay.items, key)
	} else {
		replay.items[key] = after
	}
	replay.last = aws.ToString(record.Dynamodb.SequenceNumber)
	replay.records++
}
