package store

import "strings"

const sep = "|"

// Partition is a partition key. It cannot be made without a tenant.
type Partition struct{ text string }

// Sort is a sort key.
type Sort struct{ text string }

// In makes a partition key of a tenant.
func In(tenant string, parts ...string) Partition {
	if tenant == "" {
		panic("store: a key without a tenant")
	}
	return Partition{text: strings.Join(append([]string{tenant}, clean(parts)...), sep)}
}

// At makes a sort key.
func At(parts ...string) Sort { return Sort{text: strings.Join(clean(parts), sep)} }

// String gives the key as it is stored.
func (p Partition) String() string { return p.text }

// String gives the key as it is stored.
func (s Sort) String() string { return s.text }

// clean keeps a part that comes from outside (a tenant's own code, an external id) from looking like two parts.
func clean(parts []string) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = strings.ReplaceAll(strings.ReplaceAll(p, "%", "%25"), sep, "%7C")
	}
	return out
}

// Part reads back what In and At made of a part.
func Part(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "%7C", sep), "%25", "%")
}

// Key names an item of a table.
type Key struct {
	Table string
	PK    Partition
	SK    Sort
}

// Target names the item as a write does.
func (k Key) Target() string { return k.target() }

func (k Key) target() string { return k.Table + sep + sep + k.PK.text + sep + sep + k.SK.text }

// Row is the head of every item; embed it.
type Row struct {
	PK      string `dynamo:"pk"`
	SK      string `dynamo:"sk"`
	Schema  int    `dynamo:"sv"`
	Version int    `dynamo:"v,omitempty"`
}

// NewRow makes the head of an item at a key.
func NewRow(pk Partition, sk Sort, schema, version int) Row {
	return Row{PK: pk.text, SK: sk.text, Schema: schema, Version: version}
}

func (r Row) head() Row { return r }

// Item is a row type: a struct that embeds Row.
type Item interface{ head() Row }

// Upgrader is a row type whose older schema versions can still be read: Upgrade brings a row just read to the present form.
type Upgrader interface{ Upgrade(from int) }

// AtText makes a sort key of a stored key's whole text, for going on from a row.
func AtText(text string) Sort { return Sort{text: text} }

// SortOf gives a row's sort key.
func SortOf(i Item) string { return i.head().SK }
