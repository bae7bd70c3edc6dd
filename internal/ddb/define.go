package ddb

import (
	"errors"
	"strconv"
	"time"

	"backoffice/internal/ddb/awserr"
)

// define changes definitions: f alters a copy of the catalogue and stages the
// rows that go with it, while no write of an item is under way. When all is
// durable the copy becomes the catalogue.
func (e *Engine) define(f func(cat *catalog, c *commit) error) error {
	e.ddl.Lock()
	defer e.ddl.Unlock()
	cat := e.cat.Load().copy()
	c := e.newCommit(nil)
	if err := f(cat, c); err != nil {
		var refused *awserr.Error
		if errors.As(err, &refused) {
			return err
		}
		return storageError(err)
	}
	if err := e.commitAll(c); err != nil {
		return err
	}
	e.cat.Store(cat)
	return nil
}

// putTable sets a table in the catalogue and stages its row.
func (cat *catalog) putTable(c *commit, t *table) error {
	t.stream = cat.streams[t.StreamID]
	cat.tables[t.Name] = t
	return setJSON(c.batch, tableKey(t.Name), t)
}

// putStream sets a stream in the catalogue, and in the table that writes to
// it, and stages its row.
func (cat *catalog) putStream(c *commit, s *stream) error {
	cat.streams[s.ID] = s
	if t := cat.tables[s.Table]; t != nil && t.StreamID == s.ID {
		altered := t.copy()
		altered.stream = s
		cat.tables[t.Name] = altered
	}
	return setJSON(c.batch, streamKey(s.ID), s)
}

// startStream switches a table's stream on.
func (e *Engine) startStream(cat *catalog, c *commit, t *table, view string) error {
	cat.lastStream++
	if err := setMeta(c.batch, metaStream, uint64(cat.lastStream)); err != nil {
		return err
	}
	now := e.millis()
	s := &stream{ID: cat.lastStream, Table: t.Name, View: view, Created: now, Keys: t.Keys, Start: e.sequence()}
	s.Label = streamLabel(now)
	for taken := true; taken; { // two streams of one millisecond get labels of their own
		taken = false
		for _, other := range cat.streams {
			if other.Table == s.Table && other.Label == s.Label {
				now++
				s.Label, taken = streamLabel(now), true
			}
		}
	}
	t.StreamID = s.ID
	return cat.putStream(c, s)
}

func streamLabel(millis int64) string {
	return time.UnixMilli(millis).UTC().Format("2006-01-02T15:04:05.000")
}

// stopStream switches a table's stream off; what it holds stays readable for
// its time.
func (e *Engine) stopStream(cat *catalog, c *commit, t *table) error {
	s := *cat.streams[t.StreamID]
	s.Closed, s.End = max(1, e.millis()), e.sequence()
	t.StreamID, t.stream = 0, nil
	return cat.putStream(c, &s)
}

// dropTable removes a table with all its rows.
func (e *Engine) dropTable(cat *catalog, c *commit, t *table) error {
	if t.StreamID != 0 {
		if err := e.stopStream(cat, c, t.copy()); err != nil {
			return err
		}
	}
	delete(cat.tables, t.Name)
	for _, prefix := range [][]byte{itemPrefix(nil, t.ID), indexTablePrefix(t.ID), expiryPrefix(nil, t.ID)} {
		if err := c.batch.DeleteRange(prefix, successor(prefix), nil); err != nil {
			return err
		}
	}
	if err := c.batch.Delete(statsKey(nil, t.ID), nil); err != nil {
		return err
	}
	return c.batch.Delete(tableKey(t.Name), nil)
}

// indexTablePrefix begins the rows of all indexes of a table.
func indexTablePrefix(table uint32) []byte {
	return indexPrefix(nil, table, 0)[:indexPrefixBytes-2]
}

// uuid makes an id for a table out of what makes it unique here.
func uuid(id uint32, millis int64) string {
	h := strconv.FormatUint(uint64(millis)&0xFFFFFFFFFFFF|1<<48, 16)
	n := strconv.FormatUint(uint64(id)|1<<32, 16)
	return n[1:] + "-0000-4000-8000-" + h[1:]
}
