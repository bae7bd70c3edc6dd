package ddb

import (
	"slices"
	"strings"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/wire"
)

const (
	// writeUnitBytes and readUnitBytes are what one unit pays for.
	writeUnitBytes = 1 << 10
	readUnitBytes  = 4 << 10
)

// usage is the capacity that a call consumed, table by table. A store has no
// use for it; it answers with what AWS would charge.
type usage struct {
	tables []tableUsage
}

type tableUsage struct {
	name        string
	read, write float64
	indexes     []indexUsage
}

type indexUsage struct {
	name        string
	local       bool
	read, write float64
}

func (u *usage) of(t *table) *tableUsage {
	for i := range u.tables {
		if u.tables[i].name == t.Name {
			return &u.tables[i]
		}
	}
	u.tables = append(u.tables, tableUsage{name: t.Name})
	return &u.tables[len(u.tables)-1]
}

func (t *tableUsage) index(x *index) *indexUsage {
	for i := range t.indexes {
		if t.indexes[i].name == x.Name {
			return &t.indexes[i]
		}
	}
	t.indexes = append(t.indexes, indexUsage{name: x.Name, local: x.Local})
	return &t.indexes[len(t.indexes)-1]
}

// units rounds a size up to started units, at least one.
func units(bytes, unit int) float64 { return float64(max(1, (bytes+unit-1)/unit)) }

// readUnits is the price of reading so many bytes at once.
func readUnits(bytes int, consistent bool) float64 {
	if n := units(bytes, readUnitBytes); consistent {
		return n
	} else {
		return n / 2
	}
}

// write adds a write; a transaction pays twice for the table's part.
func (u *usage) write(w *write, transaction bool) {
	t := u.of(w.tab)
	oldSize, _ := splitRow(w.oldRow)
	newSize, _ := splitRow(w.newRow)
	if w.kind == writeCheck {
		newSize = oldSize
	}
	n := units(max(oldSize, newSize), writeUnitBytes) // AWS charges the larger of the two, also for a delete
	if transaction {
		n *= 2
	}
	t.write += n
	if !w.changed() { // the table is paid for even so, the indexes are not
		return
	}
	for _, x := range w.tab.Indexes {
		if n := w.indexUnits(x); n > 0 {
			t.index(x).write += n
		}
	}
}

// indexUnits is the price of a write in one index: nothing when it shows no
// difference, two rows when its key changed.
func (w *write) indexUnits(x *index) float64 {
	was, had := w.tab.view(x, w.old)
	is, has := w.tab.view(x, w.new)
	before, after := 0.0, 0.0
	if had = had && w.old != nil; had {
		before = units(was.Size(), writeUnitBytes)
	}
	if has = has && w.new != nil; has {
		after = units(is.Size(), writeUnitBytes)
	}
	switch {
	case !had || !has:
		return before + after
	case was.Equal(is):
		return 0
	case sameKey(x.Keys, w.old, w.new):
		return max(before, after)
	}
	return before + after
}

func sameKey(k keySchema, a, b attr.Item) bool {
	for _, d := range k.defs() {
		if !a.Get(d.Name).Equal(b.Get(d.Name)) {
			return false
		}
	}
	return true
}

// total is the table's share with its indexes'.
func (t *tableUsage) total() (read, write float64) {
	read, write = t.read, t.write
	for _, x := range t.indexes {
		read += x.read
		write += x.write
	}
	return read, write
}

// appendOne appends ConsumedCapacity of a call that has one table.
func (u *usage) appendOne(out []byte, asked string) []byte {
	if asked != "TOTAL" && asked != "INDEXES" || len(u.tables) == 0 {
		return out
	}
	out = wire.AppendKey(out, "ConsumedCapacity")
	return u.tables[0].append(out, asked, false)
}

// appendAll appends ConsumedCapacity of a call that may have many tables;
// split tells reads and writes apart, as transactions do.
func (u *usage) appendAll(out []byte, asked string, split bool) []byte {
	if asked != "TOTAL" && asked != "INDEXES" {
		return out
	}
	slices.SortFunc(u.tables, func(a, b tableUsage) int { return strings.Compare(a.name, b.name) })
	out = wire.AppendKey(out, "ConsumedCapacity")
	out = append(out, '[')
	for i := range u.tables {
		out = wire.AppendComma(out)
		out = u.tables[i].append(out, asked, split)
	}
	return append(out, ']')
}

func (t *tableUsage) append(out []byte, asked string, split bool) []byte {
	out = append(out, '{')
	out = wire.AppendKey(out, "TableName")
	out = wire.AppendString(out, t.name)
	read, write := t.total()
	out = appendUnits(out, read, write, split)
	if asked == "INDEXES" {
		out = wire.AppendKey(out, "Table")
		out = append(appendUnits(append(out, '{'), t.read, t.write, split), '}')
		out = t.appendIndexes(out, "LocalSecondaryIndexes", true, split)
		out = t.appendIndexes(out, "GlobalSecondaryIndexes", false, split)
	}
	return append(out, '}')
}

func (t *tableUsage) appendIndexes(out []byte, name string, local, split bool) []byte {
	open := false
	for _, x := range t.indexes {
		if x.local != local {
			continue
		}
		if !open {
			out = append(wire.AppendKey(out, name), '{')
			open = true
		}
		out = append(wire.AppendKey(out, x.name), '{')
		out = append(appendUnits(out, x.read, x.write, split), '}')
	}
	if open {
		out = append(out, '}')
	}
	return out
}

func appendUnits(out []byte, read, write float64, split bool) []byte {
	out = wire.AppendFloat(wire.AppendKey(out, "CapacityUnits"), read+write)
	if split && read > 0 {
		out = wire.AppendFloat(wire.AppendKey(out, "ReadCapacityUnits"), read)
	}
	if split && write > 0 {
		out = wire.AppendFloat(wire.AppendKey(out, "WriteCapacityUnits"), write)
	}
	return out
}
