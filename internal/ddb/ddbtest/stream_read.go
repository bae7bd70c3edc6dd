package ddbtest

import (
	"math/big"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// itemFromStream turns a stream's image into the types of the item calls.
func itemFromStream(image map[string]streamtypes.AttributeValue) Item {
	if len(image) == 0 {
		return nil
	}
	one, err := attributevalue.FromDynamoDBStreamsMap(image)
	if err != nil {
		return Item{"unreadable image": S(err.Error())}
	}
	return one
}

// fromStream writes a stream's image in the notation of this package.
func fromStream(image map[string]streamtypes.AttributeValue) string {
	return show(itemFromStream(image))
}

// sequenceLess compares sequence numbers, which are decimal numbers without
// a fixed width.
func sequenceLess(a, b string) bool {
	x, okX := new(big.Int).SetString(a, 10)
	y, okY := new(big.Int).SetString(b, 10)
	return okX && okY && x.Cmp(y) < 0
}

// streamOf is the ARN of a table's stream.
func (c *C) streamOf(table string) string {
	answer, err := c.DB.DescribeTable(c.ctx, &dynamodb.DescribeTableInput{TableName: aws.String(table)})
	c.must(err)
	if answer.Table.LatestStreamArn == nil {
		c.Fatalf("table %s has no stream", table)
	}
	return *answer.Table.LatestStreamArn
}

// shards lists every shard of a stream, parents first.
func (c *C) shards(stream string) []streamtypes.Shard {
	var all []streamtypes.Shard
	request := &dynamodbstreams.DescribeStreamInput{StreamArn: aws.String(stream)}
	for {
		answer, err := c.Streams.DescribeStream(c.ctx, request)
		c.must(err)
		all = append(all, answer.StreamDescription.Shards...)
		if request.ExclusiveStartShardId = answer.StreamDescription.LastEvaluatedShardId; request.ExclusiveStartShardId == nil {
			return all
		}
	}
}

// iterator opens a shard; sequence is empty except for the two types that
// start at one.
func (c *C) iterator(stream, shard string, kind streamtypes.ShardIteratorType, sequence string) string {
	answer, err := c.Streams.GetShardIterator(c.ctx, &dynamodbstreams.GetShardIteratorInput{
		StreamArn: aws.String(stream), ShardId: aws.String(shard), ShardIteratorType: kind, SequenceNumber: opt(sequence),
	})
	c.must(err)
	return aws.ToString(answer.ShardIterator)
}

// read reads one page of a shard; next is empty at its end.
func (c *C) read(iterator string, limit int32) (records []streamtypes.Record, next string) {
	request := &dynamodbstreams.GetRecordsInput{ShardIterator: aws.String(iterator)}
	if limit > 0 {
		request.Limit = aws.Int32(limit)
	}
	answer, err := c.Streams.GetRecords(c.ctx, request)
	c.must(err)
	return answer.Records, aws.ToString(answer.NextShardIterator)
}

// The bounds of the wait for records on a store whose streams lag behind.
const (
	emptyReadsMax  = 20
	emptyReadPause = 250 * time.Millisecond
)

// recordsUntil reads all shards of a table's stream from the start, up to
// and with the record whose partition key is the given text.
func (c *C) recordsUntil(table, end string) []streamtypes.Record {
	stream := c.streamOf(table)
	var all []streamtypes.Record
	for _, shard := range c.shards(stream) {
		iterator, empty := c.iterator(stream, *shard.ShardId, streamtypes.ShardIteratorTypeTrimHorizon, ""), 0
		for iterator != "" && empty < emptyReadsMax {
			var page []streamtypes.Record
			page, iterator = c.read(iterator, 0)
			for _, record := range page {
				all = append(all, record)
				if key, ok := record.Dynamodb.Keys["pk"].(*streamtypes.AttributeValueMemberS); ok && key.Value == end {
					return all
				}
			}
			if len(page) == 0 {
				empty++
				time.Sleep(emptyReadPause)
			}
		}
	}
	c.Fatalf("the stream of %s has no record of %q", table, end)
	return nil
}
