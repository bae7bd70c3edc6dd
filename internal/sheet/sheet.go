// Package sheet is a table on its way into a file: what its columns hold, and rows of texts in the interface's own forms
// (1234.50, 2026-04-30). Rows are read one after the other and never held together, so that a table of any length is written in
// the same memory; only paper, which has to know its last page, is the exception, and bounds its rows.
//
// CSV and JSON Lines stand here. XLSX and PDF need large libraries and stand in packages of their own.
package sheet

import (
	"errors"
	"io"
	"iter"
)

// Format is the form of a file.
type Format string

// The formats.
const (
	CSV   Format = "csv"   // RFC 4180
	JSONL Format = "jsonl" // one JSON object for each row
	XLSX  Format = "xlsx"  // Office Open XML workbook
	PDF   Format = "pdf"
)

// ErrFormat says that no writer for a format is at hand.
var ErrFormat = errors.New("sheet: no writer for this format")

// ErrWidth says that a row has another number of cells than the table has columns.
var ErrWidth = errors.New("sheet: a row of another width than its heading")

// Kind is what the cells of a column hold. An empty cell is an absent value in every kind.
type Kind string

// The kinds of column.
const (
	Text   Kind = "text"
	Amount Kind = "amount" // a plain decimal with the decimals of its currency
	Date   Kind = "date"   // yyyy-mm-dd
	Count  Kind = "count"  // a whole number
	Flag   Kind = "flag"   // true or false
)

// Column is one column of a table.
type Column struct {
	Name  string `json:"name"`  // lowerCamelCase: the heading of CSV, the member of JSON Lines
	Title string `json:"title"` // for people: the heading of XLSX and PDF
	Kind  Kind   `json:"kind"`
	Width int    `json:"width"` // in characters; paper divides its width in this proportion
	// Currency is that of an Amount; where each row has its own, CurrencyOf names the column that says it.
	Currency   string `json:"currency,omitempty"`
	CurrencyOf string `json:"currencyOf,omitempty"`
	// Screen keeps a column off paper, where an id helps nobody and the width is short.
	Screen bool `json:"screen,omitempty"`
}

// Fact is a line about the whole table, such as the entity or the day that it is of.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Head is everything about a table but its rows.
type Head struct {
	Title   string   `json:"title"`
	Facts   []Fact   `json:"facts"`
	Columns []Column `json:"columns"`
}

// Column finds a column by its name; -1 when there is none.
func (h Head) Column(name string) int {
	for i, c := range h.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// Role is what a row is to its reader.
type Role string

// The roles of a row.
const (
	Data Role = ""  // a record
	Sum  Role = "s" // adds data up, and is part of the report: in every format but JSON Lines, whose readers add up themselves
	Edge Role = "e" // an opening, a closing or a total around the data, for people: in XLSX and PDF
)

// Row is one row: a cell for each column.
type Row struct {
	Cells []string `json:"c"`
	Role  Role     `json:"r,omitempty"`
}

// Rows are a table's rows in order; the first error ends them.
type Rows = iter.Seq2[Row, error]

// Writer writes a whole table into a file of one format.
type Writer func(w io.Writer, h Head, rows Rows) error

// Writers are the formats at hand.
type Writers map[Format]Writer

// Plain are the writers that need no library.
func Plain() Writers { return Writers{CSV: WriteCSV, JSONL: WriteJSONL} }

// Write writes a table in a format.
func (s Writers) Write(f Format, w io.Writer, h Head, rows Rows) error {
	write := s[f]
	if write == nil {
		return ErrFormat
	}
	return write(w, h, rows)
}

// Each visits every row of the roles asked for, and holds its width against the columns.
func Each(h Head, rows Rows, visit func(Row) error, roles ...Role) error {
	wanted := map[Role]bool{}
	for _, r := range roles {
		wanted[r] = true
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if len(row.Cells) != len(h.Columns) {
			return ErrWidth
		}
		if !wanted[row.Role] {
			continue
		}
		if err := visit(row); err != nil {
			return err
		}
	}
	return nil
}
