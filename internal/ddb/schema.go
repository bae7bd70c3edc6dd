package ddb

import (
	"encoding/binary"
	"slices"
	"sync/atomic"

	"backoffice/internal/ddb/attr"
	"backoffice/internal/ddb/awserr"
)

// The limits of AWS that the store keeps.
const (
	itemBytesMax     = 400 << 10
	hashKeyBytesMax  = 2048
	rangeKeyBytesMax = 1024
	pageBytesMax     = 1 << 20
	globalIndexesMax = 20
	localIndexesMax  = 5
	projectedMax     = 100
)

// keyDef is one attribute of a key.
type keyDef struct {
	Name string
	Type attr.Type
}

// keySchema is a key: a hash part, and a range part unless its name is "".
type keySchema struct {
	Hash  keyDef
	Range keyDef
}

func (k keySchema) ranged() bool { return k.Range.Name != "" }

// defs gives the key's attributes, the hash part first.
func (k keySchema) defs() []keyDef {
	if k.ranged() {
		return []keyDef{k.Hash, k.Range}
	}
	return []keyDef{k.Hash}
}

func (k keySchema) has(name string) bool {
	return name == k.Hash.Name || k.ranged() && name == k.Range.Name
}

// appendKey appends the item's key parts; ok is false when the item lacks one
// or has it with another type.
func (k keySchema) appendKey(dst []byte, it attr.Item) (out []byte, ok bool) {
	v := it.Get(k.Hash.Name)
	if v.Type != k.Hash.Type {
		return dst, false
	}
	dst = appendPart(dst, v)
	if !k.ranged() {
		return dst, true
	}
	if v = it.Get(k.Range.Name); v.Type != k.Range.Type {
		return dst, false
	}
	return appendPart(dst, v), true
}

// throughput is what a table or index was provisioned with; the store keeps it
// only to answer with it.
type throughput struct {
	Read  int64 `json:"ReadCapacityUnits"`
	Write int64 `json:"WriteCapacityUnits"`
}

// The kinds of projection.
const (
	projectAll     = "ALL"
	projectKeys    = "KEYS_ONLY"
	projectInclude = "INCLUDE"
)

// index is a secondary index.
type index struct {
	ID      uint16
	Name    string
	Local   bool
	Keys    keySchema
	Project string
	Include []string
	Units   throughput
}

// table is a table as it is defined. A table is never changed: an altered copy
// takes its place in the catalogue.
type table struct {
	ID        uint32
	Name      string
	UUID      string
	Created   int64 // milliseconds
	Keys      keySchema
	Indexes   []*index
	NextIndex uint16
	StreamID  uint32 // the stream that is on, or 0
	Billing   string
	Units     throughput
	TTL       string // the attribute that items expire by
	Protected bool
	Class     string
	Tags      map[string]string

	stream *stream // the one that StreamID names
	stats  *tableStats
}

// tableStats counts a table's items; commits change it under the commit lock.
type tableStats struct {
	items, bytes atomic.Int64
	// last is the number of the commit that last changed an item.
	last atomic.Uint64
}

func (s *tableStats) encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(s.items.Load()))
	return binary.BigEndian.AppendUint64(b, uint64(s.bytes.Load()))
}

// copy gives a copy to alter; it counts on in the same place.
func (t *table) copy() *table {
	c := *t
	c.Indexes = slices.Clone(t.Indexes)
	return &c
}

func (t *table) index(name string) *index {
	for _, x := range t.Indexes {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// itemKey gives the key of the row of an item or key that was checked.
func (t *table) itemKey(it attr.Item) []byte {
	k, _ := t.Keys.appendKey(itemPrefix(make([]byte, 0, 64), t.ID), it)
	return k
}

// key gives the part of an item that is its key.
func (t *table) key(it attr.Item) attr.Item {
	out := make(attr.Item, 0, 2)
	for _, f := range it {
		if t.Keys.has(f.Name) {
			out = append(out, f)
		}
	}
	return out
}

// emptyKey refuses an empty value of a key attribute.
func emptyKey(name string, v attr.Value) error {
	if v.Str != "" {
		return nil
	}
	kind := "string"
	if v.Type == attr.B {
		kind = "binary"
	}
	return awserr.Validation("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", kind, name)
}

// checkKeySizes refuses key parts that are too long.
func (k keySchema) checkSizes(it attr.Item) error {
	if v := it.Get(k.Hash.Name); v.Size() > hashKeyBytesMax {
		return awserr.Invalid("Size of hashkey has exceeded the maximum size limit of2048 bytes")
	}
	if k.ranged() && it.Get(k.Range.Name).Size() > rangeKeyBytesMax {
		return awserr.Invalid("Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

// checkKey refuses a Key parameter that is not a key of the table.
func (t *table) checkKey(key attr.Item) error {
	mismatch := awserr.Validation("The provided key element does not match the schema")
	defs := t.Keys.defs()
	if len(key) != len(defs) {
		return mismatch
	}
	for _, d := range defs {
		v := key.Get(d.Name)
		if v.Type != d.Type {
			return mismatch
		}
		if err := emptyKey(d.Name, v); err != nil {
			return err
		}
	}
	return t.Keys.checkSizes(key)
}

// checkItem refuses an item whose keys are missing or wrong, or that is too
// large.
func (t *table) checkItem(it attr.Item) error {
	for _, d := range t.Keys.defs() {
		v := it.Get(d.Name)
		if v.IsZero() {
			return awserr.Invalid("Missing the key %s in the item", d.Name)
		}
		if v.Type != d.Type {
			return awserr.Invalid("Type mismatch for key %s expected: %s actual: %s", d.Name, d.Type, v.Type)
		}
		if err := emptyKey(d.Name, v); err != nil {
			return err
		}
	}
	if err := t.Keys.checkSizes(it); err != nil {
		return err
	}
	return t.checkIndexKeys(it)
}

// checkIndexKeys refuses values that an index cannot hold.
func (t *table) checkIndexKeys(it attr.Item) error {
	for _, x := range t.Indexes {
		for _, d := range x.Keys.defs() {
			v := it.Get(d.Name)
			if v.IsZero() {
				continue
			}
			if v.Type != d.Type {
				return awserr.Invalid("Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", d.Name, d.Type, v.Type, x.Name)
			}
			if v.Str == "" {
				kind := "string"
				if v.Type == attr.B {
					kind = "binary"
				}
				return awserr.Validation("One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s", kind, x.Name, d.Name)
			}
		}
		if err := x.Keys.checkSizes(it); err != nil {
			return err
		}
	}
	return nil
}

// view gives what an index shows of an item; ok is false when the index does
// not have it.
func (t *table) view(x *index, it attr.Item) (out attr.Item, ok bool) {
	for _, d := range x.Keys.defs() {
		if it.Get(d.Name).Type != d.Type {
			return nil, false
		}
	}
	if x.Project == projectAll {
		return it, true
	}
	for _, f := range it {
		if t.projects(x, f.Name) {
			out = append(out, f)
		}
	}
	return out, true
}

// projects reports whether an index shows an attribute.
func (t *table) projects(x *index, name string) bool {
	return x.Project == projectAll || t.Keys.has(name) || x.Keys.has(name) || slices.Contains(x.Include, name)
}
