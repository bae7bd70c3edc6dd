package ddb

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2"

	"backoffice/internal/ddb/awserr"
)

// formatVersion is the version of the layout that doc.go draws. A store with a
// higher one is refused.
const formatVersion = 1

// The names of the rows in spaceMeta.
const (
	metaFormat = "format"
	metaTable  = "table"  // the last table id given
	metaStream = "stream" // the last stream id given
	metaSeq    = "seq"    // a sequence number that was surely given
)

// catalog is all definitions at one moment. It is never changed: a definition
// makes a new one, so readers need no lock.
type catalog struct {
	tables     map[string]*table
	streams    map[uint32]*stream
	lastTable  uint32
	lastStream uint32
}

func (cat *catalog) copy() *catalog {
	return &catalog{maps.Clone(cat.tables), maps.Clone(cat.streams), cat.lastTable, cat.lastStream}
}

// table gives a table for the use of its items.
func (cat *catalog) table(name string) (*table, error) {
	if t, ok := cat.tables[name]; ok {
		return t, nil
	}
	return nil, awserr.New(awserr.TypeNotFound, "Requested resource not found")
}

// described gives a table for the calls about tables, which name it when it is
// missing.
func (cat *catalog) described(name string) (*table, error) {
	if t, ok := cat.tables[name]; ok {
		return t, nil
	}
	return nil, awserr.New(awserr.TypeNotFound, "Requested resource not found: Table: %s not found", name)
}

// names gives the tables' names in order.
func (cat *catalog) names() []string { return slices.Sorted(maps.Keys(cat.tables)) }

func metaKey(name string) []byte { return append([]byte{spaceMeta}, name...) }

func tableKey(name string) []byte { return append([]byte{spaceTable}, name...) }

// setMeta stages a number of the store itself.
func setMeta(b *pebble.Batch, name string, v uint64) error {
	return b.Set(metaKey(name), binary.BigEndian.AppendUint64(nil, v), nil)
}

// getMeta reads such a number, 0 when there is none.
func getMeta(db pebble.Reader, name string) (uint64, error) {
	v, err := getRow(db, metaKey(name))
	if err != nil || v == "" {
		return 0, err
	}
	if len(v) != 8 {
		return 0, fmt.Errorf("ddb: row %q is corrupt", name)
	}
	return binary.BigEndian.Uint64([]byte(v)), nil
}

// getRow copies a row's value; "" stands for no row.
func getRow(db pebble.Reader, key []byte) (string, error) {
	v, closer, err := db.Get(key)
	switch {
	case errors.Is(err, pebble.ErrNotFound):
		return "", nil
	case err != nil:
		return "", err
	}
	s := string(v)
	return s, closer.Close()
}

// setJSON stages a definition.
func setJSON(b *pebble.Batch, key []byte, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Set(key, raw, nil)
}

// eachRow calls f with every row whose key begins with prefix.
func eachRow(db pebble.Reader, prefix []byte, f func(key, value []byte) error) error {
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: successor(prefix)})
	if err != nil {
		return err
	}
	for it.First(); it.Valid() && err == nil; it.Next() {
		err = f(it.Key(), it.Value())
	}
	if e := it.Close(); err == nil {
		err = e
	}
	return err
}

// checkFormat refuses a newer store and marks a new one.
func checkFormat(db *pebble.DB) error {
	v, err := getMeta(db, metaFormat)
	if err != nil {
		return err
	}
	if v > formatVersion {
		return fmt.Errorf("%w: format %d, this version knows %d", ErrNewerFormat, v, formatVersion)
	}
	if v == formatVersion {
		return nil
	}
	b := db.NewBatch()
	if err := setMeta(b, metaFormat, formatVersion); err != nil {
		return err
	}
	return b.Commit(pebble.Sync)
}

// loadCatalog reads all definitions.
func loadCatalog(db *pebble.DB) (*catalog, error) {
	c := &catalog{tables: map[string]*table{}, streams: map[uint32]*stream{}}
	err := eachRow(db, []byte{spaceStream}, func(_, v []byte) error {
		s := &stream{}
		if err := json.Unmarshal(v, s); err != nil {
			return err
		}
		c.streams[s.ID] = s
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ddb: read the streams: %w", err)
	}
	err = eachRow(db, []byte{spaceTable}, func(_, v []byte) error {
		t := &table{stats: &tableStats{}}
		if err := json.Unmarshal(v, t); err != nil {
			return err
		}
		t.stream = c.streams[t.StreamID]
		c.tables[t.Name] = t
		return t.stats.load(db, t.ID)
	})
	if err != nil {
		return nil, fmt.Errorf("ddb: read the tables: %w", err)
	}
	lastTable, err := getMeta(db, metaTable)
	if err != nil {
		return nil, err
	}
	lastStream, err := getMeta(db, metaStream)
	c.lastTable, c.lastStream = uint32(lastTable), uint32(lastStream)
	return c, err
}

func (s *tableStats) load(db pebble.Reader, table uint32) error {
	v, err := getRow(db, statsKey(nil, table))
	if err != nil || v == "" {
		return err
	}
	if len(v) != 16 {
		return fmt.Errorf("ddb: the counts of table %d are corrupt", table)
	}
	s.items.Store(int64(binary.BigEndian.Uint64([]byte(v[:8]))))
	s.bytes.Store(int64(binary.BigEndian.Uint64([]byte(v[8:]))))
	return nil
}

// arn gives the ARN of a table.
func (e *Engine) arn(t *table) string {
	return "arn:aws:dynamodb:" + e.opt.Region + ":" + accountID + ":table/" + t.Name
}

// tableName takes the name out of an ARN, for a table may be named by either.
func tableName(s string) string {
	if strings.HasPrefix(s, "arn:") {
		if _, name, ok := strings.Cut(s, ":table/"); ok {
			name, _, _ = strings.Cut(name, "/")
			return name
		}
	}
	return s
}
