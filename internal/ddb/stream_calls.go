package ddb

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"backoffice/internal/ddb/wire"
)

// streamsMax bounds an answer of ListStreams.
const streamsMax = 100

// streamRequest holds the parameters of the calls about streams.
type streamRequest struct {
	arn, table, shard, kind, seq, iterator, after string
	limit                                         int64
	limitSet                                      bool
}

func readStreamRequest(body string) (*streamRequest, error) {
	q := &streamRequest{}
	r := wire.NewReader(body)
	for r.OpenObject(); r.Next('}'); {
		k := r.Key()
		if r.Null() {
			continue
		}
		switch k {
		case "StreamArn":
			q.arn = r.String()
		case "TableName":
			q.table = tableName(r.String())
		case "ShardId":
			q.shard = r.String()
		case "ShardIteratorType":
			q.kind = r.String()
		case "SequenceNumber":
			q.seq = r.String()
		case "ShardIterator":
			q.iterator = r.String()
		case "ExclusiveStartStreamArn", "ExclusiveStartShardId":
			q.after = r.String()
		case "Limit":
			q.limit, q.limitSet = r.Int(), true
		default:
			r.Skip()
		}
	}
	if err := r.Done(); err != nil {
		return nil, err
	}
	if q.limitSet && q.limit < 1 {
		return nil, constraint("'"+strconv.FormatInt(q.limit, 10)+"'", "limit", "Member must have value greater than or equal to 1")
	}
	return q, nil
}

// listStreams answers with the streams, those of one table or all.
func (e *Engine) listStreams(_ context.Context, body string) ([]byte, error) {
	q, err := readStreamRequest(body)
	if err != nil {
		return nil, err
	}
	var all []*stream
	for _, s := range e.cat.Load().streams {
		if q.table == "" || s.Table == q.table {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *stream) int { return strings.Compare(e.streamARN(a), e.streamARN(b)) })
	limit := int64(streamsMax)
	if q.limitSet {
		limit = min(limit, q.limit)
	}
	out := []byte(`{"Streams":[`)
	n, last := int64(0), ""
	for _, s := range all {
		arn := e.streamARN(s)
		if arn <= q.after {
			continue
		}
		if n == limit {
			out = wire.AppendString(wire.AppendKey(append(out, ']'), "LastEvaluatedStreamArn"), last)
			return append(out, '}'), nil
		}
		n, last = n+1, arn
		out = append(wire.AppendComma(out), '{')
		out = wire.AppendString(wire.AppendKey(out, "StreamArn"), arn)
		out = wire.AppendString(wire.AppendKey(out, "TableName"), s.Table)
		out = wire.AppendString(wire.AppendKey(out, "StreamLabel"), s.Label)
		out = append(out, '}')
	}
	return append(out, ']', '}'), nil
}

// describeStream answers with a stream and its one shard.
func (e *Engine) describeStream(_ context.Context, body string) ([]byte, error) {
	q, err := readStreamRequest(body)
	if err != nil {
		return nil, err
	}
	s, err := e.stream(q.arn)
	if err != nil {
		return nil, err
	}
	status := "ENABLED"
	if !s.on() {
		status = "DISABLED"
	}
	out := []byte(`{"StreamDescription":{`)
	out = wire.AppendString(wire.AppendKey(out, "StreamArn"), q.arn)
	out = wire.AppendString(wire.AppendKey(out, "StreamLabel"), s.Label)
	out = wire.AppendString(wire.AppendKey(out, "StreamStatus"), status)
	out = wire.AppendString(wire.AppendKey(out, "StreamViewType"), s.View)
	out = wire.AppendFloat(wire.AppendKey(out, "CreationRequestDateTime"), seconds(s.Created))
	out = wire.AppendString(wire.AppendKey(out, "TableName"), s.Table)
	out = appendKeySchema(wire.AppendKey(out, "KeySchema"), s.Keys)
	out = append(wire.AppendKey(out, "Shards"), '[')
	if q.after < s.shardID() {
		out = append(out, '{')
		out = wire.AppendString(wire.AppendKey(out, "ShardId"), s.shardID())
		out = append(wire.AppendKey(out, "SequenceNumberRange"), '{')
		out = wire.AppendString(wire.AppendKey(out, "StartingSequenceNumber"), formatSeq(s.Start+1))
		if !s.on() {
			out = wire.AppendString(wire.AppendKey(out, "EndingSequenceNumber"), formatSeq(s.End))
		}
		out = append(out, '}', '}')
	}
	return append(out, `]}}`...), nil
}

// seconds is a time as the protocol writes it.
func seconds(millis int64) float64 { return float64(millis) / 1000 }
