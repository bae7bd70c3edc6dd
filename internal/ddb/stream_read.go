package ddb

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
	"backoffice/internal/ddb/wire"
)

const (
	// iteratorLife is how long a shard iterator may be used.
	iteratorLife = 15 * time.Minute
	// recordsMax and recordsBytesMax bound an answer of GetRecords.
	recordsMax      = 1000
	recordsBytesMax = 1 << 20
)

// iterator is a place in a stream: the next number to read, and when the
// place was given out.
type iterator struct {
	arn   string
	next  uint64
	given int64
}

const iteratorVersion = "1"

func (i iterator) String() string {
	plain := fmt.Sprintf("%s|%d|%d|%s", iteratorVersion, i.next, i.given, i.arn)
	return base64.StdEncoding.EncodeToString([]byte(plain))
}

func parseIterator(s string) (i iterator, ok bool) {
	plain, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return i, false
	}
	parts := strings.SplitN(string(plain), "|", 4)
	if len(parts) != 4 || parts[0] != iteratorVersion {
		return i, false
	}
	next, err1 := strconv.ParseUint(parts[1], 10, 64)
	given, err2 := strconv.ParseInt(parts[2], 10, 64)
	return iterator{parts[3], next, given}, err1 == nil && err2 == nil
}

// getShardIterator answers with a place in a stream.
func (e *Engine) getShardIterator(_ context.Context, body string) ([]byte, error) {
	q, err := readStreamRequest(body)
	if err != nil {
		return nil, err
	}
	if err := oneOf(text{q.kind, true}, "shardIteratorType", "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"); err != nil {
		return nil, err
	}
	s, err := e.stream(q.arn)
	if err != nil {
		return nil, err
	}
	if q.shard != s.shardID() {
		return nil, awserr.New(awserr.TypeNotFound, "Requested resource not found: Shard does not exist")
	}
	next, err := e.place(s, q)
	if err != nil {
		return nil, err
	}
	i := iterator{q.arn, next, e.millis()}
	return append(wire.AppendString([]byte(`{"ShardIterator":`), i.String()), '}'), nil
}

// place finds the next number to read for a new iterator.
func (e *Engine) place(s *stream, q *streamRequest) (uint64, error) {
	first, err := e.trimmed(s)
	if err != nil {
		return 0, storageError(err)
	}
	switch q.kind {
	case "TRIM_HORIZON":
		return first, nil
	case "LATEST":
		if !s.on() {
			return s.End + 1, nil
		}
		return e.sequence() + 1, nil
	}
	if q.seq == "" {
		return 0, awserr.Validation("SequenceNumber must be specified for ShardIteratorType %s", q.kind)
	}
	n, ok := parseSeq(q.seq)
	if !ok || n > e.sequence() {
		return 0, awserr.Validation("Invalid SequenceNumber: %s", q.seq)
	}
	if q.kind == "AFTER_SEQUENCE_NUMBER" {
		n++
	}
	if n < first {
		return 0, awserr.New(awserr.TypeTrimmed, "The operation attempted to read past the oldest stream record in a shard")
	}
	return n, nil
}

// getRecords answers with the changes from a place on, and the place after.
func (e *Engine) getRecords(_ context.Context, body string) ([]byte, error) {
	q, err := readStreamRequest(body)
	if err != nil {
		return nil, err
	}
	i, ok := parseIterator(q.iterator)
	if !ok {
		return nil, awserr.Validation("Invalid ShardIterator")
	}
	if age := e.millis() - i.given; age > iteratorLife.Milliseconds() {
		return nil, awserr.New(awserr.TypeExpiredIterator, "Iterator expired. The iterator was created at time %d", i.given)
	}
	s, err := e.stream(i.arn)
	if err != nil {
		return nil, err
	}
	limit := int64(recordsMax)
	if q.limitSet {
		if q.limit > recordsMax {
			return nil, constraint("'"+strconv.FormatInt(q.limit, 10)+"'", "limit", "Member must have value less than or equal to 1000")
		}
		limit = q.limit
	}
	first, err := e.trimmed(s)
	if err != nil {
		return nil, storageError(err)
	}
	if i.next < first {
		return nil, awserr.New(awserr.TypeTrimmed, "The operation attempted to read past the oldest stream record in a shard")
	}
	out, err := e.records(s, &i, limit)
	if err != nil {
		return nil, storageError(err)
	}
	if s.on() || i.next <= s.End {
		i.given = e.millis()
		out = wire.AppendString(wire.AppendKey(out, "NextShardIterator"), i.String())
	}
	return append(out, '}'), nil
}

// records appends the changes from i on, and moves i behind them.
func (e *Engine) records(s *stream, i *iterator, limit int64) ([]byte, error) {
	prefix := changePrefix(nil, s.ID)
	// A change is shown when it is durable: who acts on it must not act on what
	// a crash takes back.
	upper := changeKey(nil, s.ID, e.durableSeq.Load()+1)
	lower := changeKey(nil, s.ID, i.next)
	if string(lower) >= string(upper) {
		return []byte(`{"Records":[]`), nil
	}
	it, err := e.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return nil, err
	}
	defer it.Close() //nolint:errcheck // it.Error tells
	out := []byte(`{"Records":[`)
	bytes := 0
	for ok := it.First(); ok && limit > 0 && bytes < recordsBytesMax; ok = it.Next() {
		seq := binary.BigEndian.Uint64(it.Key()[len(prefix):])
		row := string(it.Value())
		bytes += len(row)
		if out, err = e.appendChange(wire.AppendComma(out), s, seq, row); err != nil {
			return nil, err
		}
		i.next = seq + 1
		limit--
	}
	return append(out, ']'), it.Error()
}

// appendChange appends one record.
func (e *Engine) appendChange(out []byte, s *stream, seq uint64, row string) ([]byte, error) {
	c, millis, err := decodeChange(row)
	if err != nil {
		return nil, err
	}
	number := formatSeq(seq)
	out = append(out, '{')
	out = wire.AppendString(wire.AppendKey(out, "eventID"), fmt.Sprintf("%08x%s", s.ID, number))
	out = wire.AppendString(wire.AppendKey(out, "eventName"), c.kind.String())
	out = append(out, `,"eventVersion":"1.1","eventSource":"aws:dynamodb"`...)
	out = wire.AppendString(wire.AppendKey(out, "awsRegion"), e.opt.Region)
	if c.service {
		out = append(out, `,"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}`...)
	}
	out = append(wire.AppendKey(out, "dynamodb"), '{')
	// AWS tells the time of a change in whole seconds.
	out = strconv.AppendInt(wire.AppendKey(out, "ApproximateCreationDateTime"), millis/1000, 10)
	size := 0
	for _, image := range []struct{ name, stored string }{{"Keys", c.key}, {"NewImage", c.after}, {"OldImage", c.before}} {
		if image.stored == "" {
			continue
		}
		if out, err = attr.AppendStoredJSON(wire.AppendKey(out, image.name), image.stored); err != nil {
			return nil, err
		}
		size += len(image.stored)
	}
	out = wire.AppendString(wire.AppendKey(out, "SequenceNumber"), number)
	out = strconv.AppendInt(wire.AppendKey(out, "SizeBytes"), int64(size), 10)
	out = wire.AppendString(wire.AppendKey(out, "StreamViewType"), s.View)
	return append(out, '}', '}'), nil
}
