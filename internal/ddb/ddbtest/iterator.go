package ddbtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// The documented lives of a stream record and of a shard iterator.
const (
	recordLife   = 24 * time.Hour
	iteratorLife = 15 * time.Minute
)

// numbered makes a table of the check's own with a stream of five records,
// one for each of the items "0" to "4", and returns its only shard.
func (c *C) numbered() (table, stream, shard string) {
	table = c.ownTable(tableSpec{hash: "pk S", stream: types.StreamViewTypeNewImage})
	for i := range 5 {
		c.put(table, item(fmt.Sprintf(`{"pk":"%d"}`, i)))
	}
	stream = c.streamOf(table)
	return table, stream, *c.shards(stream)[0].ShardId
}

// keysOf lists the partition keys of records.
func keysOf(records []streamtypes.Record) string {
	var items []Item
	for _, record := range records {
		items = append(items, itemFromStream(record.Dynamodb.Keys))
	}
	return column(items, "pk")
}

func iteratorChecks(s *Suite) {
	s.check("trim horizon", func(c *C) {
		_, stream, shard := c.numbered()
		records, next := c.read(c.iterator(stream, shard, streamtypes.ShardIteratorTypeTrimHorizon, ""), 0)
		c.same("records", keysOf(records), "0 1 2 3 4")
		if next == "" {
			c.Errorf("an open shard has to give a next iterator")
		}
	})
	s.check("latest", func(c *C) {
		table, stream, shard := c.numbered()
		iterator := c.iterator(stream, shard, streamtypes.ShardIteratorTypeLatest, "")
		c.put(table, item(`{"pk":"later"}`))
		records, _ := c.read(iterator, 0)
		c.same("records", keysOf(records), "later")
	})
	for kind, want := range map[streamtypes.ShardIteratorType]string{
		streamtypes.ShardIteratorTypeAtSequenceNumber: "2 3 4", streamtypes.ShardIteratorTypeAfterSequenceNumber: "3 4",
	} {
		s.check(strings.ToLower(string(kind)), func(c *C) {
			_, stream, shard := c.numbered()
			all, _ := c.read(c.iterator(stream, shard, streamtypes.ShardIteratorTypeTrimHorizon, ""), 0)
			records, _ := c.read(c.iterator(stream, shard, kind, *all[2].Dynamodb.SequenceNumber), 0)
			c.same("records", keysOf(records), want)
		})
	}
	s.check("pages", func(c *C) {
		table, stream, shard := c.numbered()
		iterator := c.iterator(stream, shard, streamtypes.ShardIteratorTypeTrimHorizon, "")
		var pages []string
		for range 3 {
			var records []streamtypes.Record
			records, iterator = c.read(iterator, 2)
			pages = append(pages, keysOf(records))
		}
		c.same("pages", strings.Join(pages, "|"), "0 1|2 3|4")
		c.put(table, item(`{"pk":"later"}`))
		records, _ := c.read(iterator, 2)
		c.same("after the end", keysOf(records), "later")
	})
	s.check("iterator reads the same twice", func(c *C) {
		_, stream, shard := c.numbered()
		iterator := c.iterator(stream, shard, streamtypes.ShardIteratorTypeTrimHorizon, "")
		first, _ := c.read(iterator, 3)
		second, _ := c.read(iterator, 3)
		c.same("second reading", keysOf(second), keysOf(first))
	})
	s.check("describe", func(c *C) {
		table, stream, _ := c.numbered()
		answer, err := c.Streams.DescribeStream(c.ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: aws.String(stream)})
		c.must(err)
		got := answer.StreamDescription
		c.same("description", fmt.Sprint(*got.TableName, got.StreamStatus, got.StreamViewType), fmt.Sprint(table, "ENABLED", "NEW_IMAGE"))
		if len(got.KeySchema) != 1 || len(got.Shards) == 0 || got.Shards[0].SequenceNumberRange.StartingSequenceNumber == nil {
			c.Errorf("the description lacks its key schema, its shards or their start")
		}
	})
	s.check("list", func(c *C) {
		table, stream, _ := c.numbered()
		answer, err := c.Streams.ListStreams(c.ctx, &dynamodbstreams.ListStreamsInput{TableName: aws.String(table)})
		c.must(err)
		c.sameInt("streams", len(answer.Streams), 1)
		c.same("stream", aws.ToString(answer.Streams[0].StreamArn), stream)
	})
	s.check("switched off and on", iteratorSwitch)
	iteratorErrorChecks(s)
	iteratorLifeChecks(s)
}

// iteratorSwitch turns a stream off and on again: the new stream is another
// one, and holds nothing old.
func iteratorSwitch(c *C) {
	table, stream, _ := c.numbered()
	set := func(on bool) error {
		spec := &types.StreamSpecification{StreamEnabled: aws.Bool(on)}
		if on {
			spec.StreamViewType = types.StreamViewTypeKeysOnly
		}
		_, err := c.DB.UpdateTable(c.ctx, &dynamodb.UpdateTableInput{TableName: aws.String(table), StreamSpecification: spec})
		if err == nil {
			c.awaitTable(table, func(d *types.TableDescription) bool { return d.TableStatus == types.TableStatusActive })
		}
		return err
	}
	c.wantError(set(true), validation)
	c.must(set(false))
	c.put(table, item(`{"pk":"unseen"}`))
	c.letTimePass()
	c.must(set(true))
	c.put(table, item(`{"pk":"seen"}`))
	if c.streamOf(table) == stream {
		c.Errorf("the stream kept its ARN")
	}
	c.same("records", keysOf(c.recordsUntil(table, "seen")), "seen")
}

// letTimePass makes the store's clock show another millisecond, since a
// stream is named after the time it was made.
func (c *C) letTimePass() {
	if c.target.Advance != nil {
		c.target.Advance(time.Second)
		return
	}
	time.Sleep(2 * time.Millisecond)
}

func iteratorErrorChecks(s *Suite) {
	s.check("refused unknown stream", func(c *C) {
		_, stream, _ := c.numbered()
		other := aws.String(stream[:strings.LastIndex(stream, "/")] + "/2001-01-01T00:00:00.000")
		_, err := c.Streams.DescribeStream(c.ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: other})
		c.wantError(err, notFound)
		_, err = c.Streams.GetShardIterator(c.ctx, &dynamodbstreams.GetShardIteratorInput{
			StreamArn: other, ShardId: aws.String("shardId-00000000000000000000-00000000"), ShardIteratorType: "LATEST",
		})
		c.wantError(err, notFound)
	})
	s.check("refused unknown shard", func(c *C) {
		_, stream, _ := c.numbered()
		_, err := c.Streams.GetShardIterator(c.ctx, &dynamodbstreams.GetShardIteratorInput{
			StreamArn: aws.String(stream), ShardId: aws.String("shardId-00000000000000000000-99999999"), ShardIteratorType: "LATEST",
		})
		c.wantError(err, notFound)
	})
	for _, kind := range []streamtypes.ShardIteratorType{"SOMEWHERE", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"} {
		s.check("refused without sequence "+string(kind), func(c *C) {
			_, stream, shard := c.numbered()
			_, err := c.Streams.GetShardIterator(c.ctx, &dynamodbstreams.GetShardIteratorInput{
				StreamArn: aws.String(stream), ShardId: aws.String(shard), ShardIteratorType: kind,
			})
			c.wantError(err, validation)
		})
	}
	s.check("refused iterator of no sense", func(c *C) {
		for _, iterator := range []string{"no-such-iterator", "arn:aws:dynamodb:eu-west-2:000000000000:table/x/stream/y|1|AAAA", "AAAA|==|"} {
			_, err := c.Streams.GetRecords(c.ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: aws.String(iterator)})
			c.wantError(err, validation)
		}
	})
	s.check("refused limit zero", func(c *C) {
		_, stream, shard := c.numbered()
		iterator := c.iterator(stream, shard, streamtypes.ShardIteratorTypeTrimHorizon, "")
		_, err := c.Streams.GetRecords(c.ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: aws.String(iterator), Limit: aws.Int32(0)})
		c.wantError(err, validation)
	})
}

// iteratorLifeChecks move the clock past what streams and iterators live.
func iteratorLifeChecks(s *Suite) {
	timed := func(name string, body func(c *C)) {
		s.check(name, func(c *C) {
			if c.target.Advance == nil {
				c.Skip("the clock of this store cannot be moved")
			}
			body(c)
		})
	}
	timed("expires", func(c *C) {
		_, stream, shard := c.numbered()
		iterator := c.iterator(stream, shard, streamtypes.ShardIteratorTypeTrimHorizon, "")
		c.target.Advance(iteratorLife + time.Second)
		_, err := c.Streams.GetRecords(c.ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: aws.String(iterator)})
		c.wantError(err, expiredIterator)
	})
	timed("records are trimmed", func(c *C) {
		table, stream, shard := c.numbered()
		old, _ := c.read(c.iterator(stream, shard, streamtypes.ShardIteratorTypeTrimHorizon, ""), 0)
		c.target.Advance(recordLife + time.Minute)
		c.put(table, item(`{"pk":"fresh"}`))
		c.same("records", keysOf(c.recordsUntil(table, "fresh")), "fresh")
		_, err := c.Streams.GetShardIterator(c.ctx, &dynamodbstreams.GetShardIteratorInput{
			StreamArn: aws.String(stream), ShardId: aws.String(shard), ShardIteratorType: "AT_SEQUENCE_NUMBER",
			SequenceNumber: old[0].Dynamodb.SequenceNumber,
		})
		c.wantError(err, trimmedData)
	})
}
