package ddb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/awserr"
)

// changeLife is how long a change stays readable.
const changeLife = 24 * time.Hour

// stream is the changes of one table from when its stream was switched on.
type stream struct {
	ID      uint32
	Table   string
	View    string
	Label   string
	Created int64 // milliseconds
	Keys    keySchema
	// Start is the last sequence number before the stream; End is its last
	// once it is off, at the time Closed.
	Start, End uint64
	Closed     int64
	// Trimmed is the last sequence number that was removed for its age.
	Trimmed uint64
}

func (s *stream) on() bool { return s.Closed == 0 }

func (e *Engine) streamARN(s *stream) string {
	return "arn:aws:dynamodb:" + e.opt.Region + ":" + accountID + ":table/" + s.Table + "/stream/" + s.Label
}

// shardID names the one shard that a stream has.
func (s *stream) shardID() string {
	return fmt.Sprintf("shardId-%020d-%08x", s.Created, s.ID)
}

// The view types of streams.
const (
	viewKeys = "KEYS_ONLY"
	viewNew  = "NEW_IMAGE"
	viewOld  = "OLD_IMAGE"
	viewBoth = "NEW_AND_OLD_IMAGES"
)

// changeKind is what happened to an item.
type changeKind byte

const (
	changeInsert changeKind = 1 + iota
	changeModify
	changeRemove

	// changeByService marks what the store did by itself, for TTL.
	changeByService = 0x80
)

func (k changeKind) String() string {
	return [...]string{"INSERT", "MODIFY", "REMOVE"}[k-changeInsert]
}

// change is one change of one item; key, before and after are stored forms of
// items, and before and after are "" where the stream does not show them.
type change struct {
	stream             uint32
	kind               changeKind
	service            bool
	key, before, after string
}

func newChange(w *write) change {
	s := w.tab.stream
	c := change{stream: s.ID, kind: changeModify, service: w.service}
	_, before := splitRow(w.oldRow)
	_, after := splitRow(w.newRow)
	switch {
	case before == "":
		c.kind = changeInsert
	case after == "":
		c.kind = changeRemove
	}
	if s.View == viewOld || s.View == viewBoth {
		c.before = before
	}
	if s.View == viewNew || s.View == viewBoth {
		c.after = after
	}
	// The key stands by itself, since a stream of keys alone shows no image,
	// and a removed item has none.
	c.key = string(w.tab.key(w.item).AppendBinary(nil))
	return c
}

// stage puts the change's row into a batch: kind, time, key, after, before.
func (c *change) stage(b *pebble.Batch, key []byte, millis int64) error {
	parts := [...]string{c.key, c.after, c.before}
	n := 1 + 8
	for _, s := range parts {
		n += len(s) + uvarintLen(len(s))
	}
	op := b.SetDeferred(len(key), n)
	copy(op.Key, key)
	kind := byte(c.kind)
	if c.service {
		kind |= changeByService
	}
	v := append(op.Value[:0], kind)
	v = binary.BigEndian.AppendUint64(v, uint64(millis))
	for _, s := range parts {
		v = binary.AppendUvarint(v, uint64(len(s)))
		v = append(v, s...)
	}
	return op.Finish()
}

// uvarintLen is how many bytes a number takes as a varint.
func uvarintLen(n int) int { return (bits.Len(uint(n)|1) + 6) / 7 }

var errCorruptChange = errors.New("ddb: stored change is corrupt")

// decodeChange reads a change's row.
func decodeChange(row string) (c change, millis int64, err error) {
	if len(row) < 9 {
		return c, 0, errCorruptChange
	}
	c.kind, c.service = changeKind(row[0]&^changeByService), row[0]&changeByService != 0
	if c.kind < changeInsert || c.kind > changeRemove {
		return c, 0, errCorruptChange
	}
	millis = int64(binary.BigEndian.Uint64([]byte(row[1:9])))
	row = row[9:]
	for _, part := range []*string{&c.key, &c.after, &c.before} {
		n, k := binary.Uvarint([]byte(row[:min(len(row), binary.MaxVarintLen64)]))
		if k <= 0 || n > uint64(len(row)-k) {
			return c, 0, errCorruptChange
		}
		*part, row = row[k:k+int(n)], row[k+int(n):]
	}
	return c, millis, nil
}

// seqDigits and a leading 1 lift sequence numbers to the 21 digits that AWS's
// have at least; they sort as texts, too.
const seqDigits = 20

func formatSeq(n uint64) string { return fmt.Sprintf("1%0*d", seqDigits, n) }

func parseSeq(s string) (uint64, bool) {
	if len(s) != 1+seqDigits || s[0] != '1' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:], 10, 64)
	return n, err == nil
}

// loadSequence finds the last sequence number and time that were given.
func (e *Engine) loadSequence(cat *catalog) error {
	seq, err := getMeta(e.db, metaSeq)
	if err != nil {
		return err
	}
	e.lastSeq = seq
	for _, s := range cat.streams {
		e.lastSeq = max(e.lastSeq, s.Start, s.End)
		if err := e.loadLast(s); err != nil {
			return err
		}
	}
	return nil
}

// loadLast looks at the last change of a stream.
func (e *Engine) loadLast(s *stream) error {
	prefix := changePrefix(nil, s.ID)
	it, err := e.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: successor(prefix)})
	if err != nil {
		return err
	}
	if it.Last() {
		_, millis, err := decodeChange(string(it.Value()))
		if err != nil {
			return errors.Join(err, it.Close())
		}
		e.lastSeq = max(e.lastSeq, binary.BigEndian.Uint64(it.Key()[len(prefix):]))
		e.lastTime = max(e.lastTime, millis)
	}
	return it.Close()
}

// stream gives the stream with an ARN.
func (e *Engine) stream(arn string) (*stream, error) {
	for _, s := range e.cat.Load().streams {
		if e.streamARN(s) == arn && (s.on() || e.millis()-s.Closed < changeLife.Milliseconds()) {
			return s, nil
		}
	}
	return nil, awserr.New(awserr.TypeNotFound, "Requested resource not found: Stream: %s not found", arn)
}

// trimmed gives the number of the stream's first change that is not too old,
// or the one after its last.
func (e *Engine) trimmed(s *stream) (uint64, error) {
	before := e.millis() - changeLife.Milliseconds()
	prefix := changePrefix(nil, s.ID)
	it, err := e.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: successor(prefix)})
	if err != nil {
		return 0, err
	}
	defer it.Close() //nolint:errcheck // it.Error tells
	first := max(s.Start, s.Trimmed) + 1
	for ok := it.First(); ok; ok = it.Next() {
		v := it.Value()
		seq := binary.BigEndian.Uint64(it.Key()[len(prefix):])
		if len(v) < 9 {
			return 0, errCorruptChange
		}
		if int64(binary.BigEndian.Uint64(v[1:9])) > before {
			return first, it.Error()
		}
		first = seq + 1
	}
	return first, it.Error()
}

// sweepStreams removes changes that are too old, and streams that were
// switched off as long ago.
func (e *Engine) sweepStreams() error {
	for _, s := range e.cat.Load().streams {
		first, err := e.trimmed(s)
		if err != nil {
			return err
		}
		if first > max(s.Start, s.Trimmed)+1 {
			if err := e.trim(s, first); err != nil {
				return err
			}
		}
		if !s.on() && e.millis()-s.Closed >= changeLife.Milliseconds() {
			if err := e.forgetStream(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// trim removes a stream's changes before a number. The last number of all is
// noted with it, for none may be given twice.
func (e *Engine) trim(s *stream, first uint64) error {
	return e.define(func(cat *catalog, c *commit) error {
		now := cat.streams[s.ID]
		if now == nil {
			return nil
		}
		if err := c.batch.DeleteRange(changePrefix(nil, s.ID), changeKey(nil, s.ID, first), nil); err != nil {
			return err
		}
		altered := *now
		altered.Trimmed = first - 1
		if err := cat.putStream(c, &altered); err != nil {
			return err
		}
		return setMeta(c.batch, metaSeq, e.sequence())
	})
}

// forgetStream removes a stream that was switched off, and all its changes.
func (e *Engine) forgetStream(s *stream) error {
	return e.define(func(cat *catalog, c *commit) error {
		delete(cat.streams, s.ID)
		prefix := changePrefix(nil, s.ID)
		if err := c.batch.DeleteRange(prefix, successor(prefix), nil); err != nil {
			return err
		}
		if err := c.batch.Delete(streamKey(s.ID), nil); err != nil {
			return err
		}
		return setMeta(c.batch, metaSeq, e.sequence())
	})
}

// sequence is the last number given.
func (e *Engine) sequence() uint64 {
	e.commits.Lock()
	defer e.commits.Unlock()
	return e.lastSeq
}
