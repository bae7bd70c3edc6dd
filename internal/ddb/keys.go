package ddb

import (
	"encoding/binary"
	"slices"
	"strings"

	"backoffice/internal/ddb/attr"
)

// The first byte of a row's key tells what the row is; doc.go draws the whole
// layout.
const (
	spaceMeta       = 0x01 // name → number
	spaceTable      = 0x02 // table name → tableRecord
	spaceStats      = 0x03 // table → item count and bytes
	spaceStream     = 0x04 // stream → streamRecord
	spaceItem       = 0x10 // table, key → size, item
	spaceIndex      = 0x11 // table, index, index key, key → where the key begins
	spaceChange     = 0x12 // stream, sequence number → change
	spaceExpiry     = 0x13 // table, second, key → nothing
	spaceToken      = 0x14 // token → when, what
	spaceTokenClock = 0x15 // when, token → nothing
)

const (
	// itemPrefixBytes is the length of what precedes an item's own key.
	itemPrefixBytes = 1 + 4
	// indexPrefixBytes is the same of an index row.
	indexPrefixBytes = 1 + 4 + 2
)

func itemPrefix(dst []byte, table uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, spaceItem), table)
}

func indexPrefix(dst []byte, table uint32, index uint16) []byte {
	dst = binary.BigEndian.AppendUint32(append(dst, spaceIndex), table)
	return binary.BigEndian.AppendUint16(dst, index)
}

func changePrefix(dst []byte, stream uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, spaceChange), stream)
}

func changeKey(dst []byte, stream uint32, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(changePrefix(dst, stream), seq)
}

func expiryPrefix(dst []byte, table uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, spaceExpiry), table)
}

func statsKey(dst []byte, table uint32) []byte {
	return binary.BigEndian.AppendUint32(append(dst, spaceStats), table)
}

func streamKey(stream uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{spaceStream}, stream)
}

// A text or binary part of a key ends with 00 01, and a zero byte within it is
// written 00 FF: so parts follow one another and sort as their values do.
const (
	keyEscape = 0x00
	keyZero   = 0xFF
	keyEnd    = 0x01
)

// appendPart appends a key attribute's value in the order of its type.
func appendPart(dst []byte, v attr.Value) []byte {
	if v.Type == attr.N {
		return append(dst, v.Str...)
	}
	return append(appendOpenPart(dst, v.Str), keyEscape, keyEnd)
}

// appendOpenPart appends a text part without its end: the beginning of all
// parts that begin with s.
func appendOpenPart(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		dst = append(dst, keyEscape, keyZero)
		s = s[i+1:]
	}
}

// successor gives the first key after all those that begin with prefix.
func successor(prefix []byte) []byte {
	out := slices.Clone(prefix)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] < 0xFF {
			out[i]++
			return out[:i+1]
		}
	}
	return nil
}
