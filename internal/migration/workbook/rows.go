package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Row is a row of a worksheet that has something in it. A cell's place is its column, A first; the last one is not empty.
type Row struct {
	N     int // the worksheet's own number, 1 for the first
	Cells []string
}

// Rows gives the rows of a worksheet in order, until visit has an error; those without any text are left out, however many
// the worksheet claims to have. The first worksheet that is not hidden has no need of a name. Dates are written in a layout of
// package time. The cells belong to the visitor for the length of the visit.
func (b *Book) Rows(name, layout string, visit func(Row) error) (err error) {
	sheet, err := b.sheet(name)
	if err != nil {
		return err
	}
	if err := errors.Join(b.readStyles(), b.readStrings()); err != nil {
		return err
	}
	r, err := b.open(sheet.part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	t := table{book: b, layout: layout, scan: newScanner(r)}
	return t.rows(visit)
}

// table is a worksheet while its rows go by.
type table struct {
	book   *Book
	layout string
	scan   *scanner
	row    Row
	open   bool // a row is under way
	column int  // last one that was given, from 1
	bytes  int  // of the row's texts
}

func (t *table) rows(visit func(Row) error) error {
	inside, ended := false, false
	for {
		token, err := t.scan.next()
		if errors.Is(err, io.EOF) {
			if !ended { // cut off, or no worksheet at all
				return unexpected(err)
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			switch e := (element{x.Name.Local, x.Attr}); e.name {
			case "sheetData":
				inside = true
			case "row":
				if inside {
					err = t.begin(e)
				}
			case "c":
				if inside {
					err = t.cell(e)
				}
			}
		case xml.EndElement:
			switch x.Name.Local {
			case "sheetData":
				inside, ended = false, true
			case "row":
				if inside && t.open && len(t.row.Cells) > 0 {
					err = visit(t.row)
				}
				t.open = false
			}
		}
		if err != nil {
			return err
		}
	}
}

// begin takes up a row, whose number goes on from the last one unless it is said.
func (t *table) begin(e element) error {
	if t.open {
		return fmt.Errorf("%w: a row stands in another", ErrBroken)
	}
	t.open = true
	n := t.row.N + 1
	if said := e.attr("r"); said != "" {
		var err error
		if n, err = strconv.Atoi(said); err != nil || n <= t.row.N {
			return fmt.Errorf("%w: rows are not in order", ErrBroken)
		}
	}
	if n > rowsMax {
		return fmt.Errorf("%w: more rows than the format has", ErrBroken)
	}
	t.row.N, t.row.Cells, t.column, t.bytes = n, t.row.Cells[:0], 0, 0
	return nil
}

// cell takes a cell into the row. An empty one takes no room.
func (t *table) cell(e element) error {
	at := t.column + 1
	if ref := e.attr("r"); ref != "" {
		at = columnOf(ref)
	}
	if !t.open || at <= t.column || at > columnsMax {
		return fmt.Errorf("%w: cells are not in order", ErrBroken)
	}
	t.column = at
	v, err := t.content()
	if err != nil {
		return err
	}
	text, err := t.text(e, v)
	if err != nil || strings.TrimSpace(text) == "" {
		return err
	}
	if t.bytes += len(text); t.bytes > rowBytesMax {
		return ErrLarge
	}
	for len(t.row.Cells) < at-1 {
		t.row.Cells = append(t.row.Cells, "")
	}
	t.row.Cells = append(t.row.Cells, text)
	return nil
}

// columnOf gives the column of a cell's name, 1 for A; nought for what is no name.
func columnOf(ref string) int {
	n, i := 0, 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && n <= columnsMax; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	if i == len(ref) || ref[i] < '0' || ref[i] > '9' {
		return 0
	}
	return n
}

// ColumnName gives the letters of a column, A for 1.
func ColumnName(n int) string {
	out := ""
	for ; n > 0; n = (n - 1) / 26 {
		out = string(rune('A'+(n-1)%26)) + out
	}
	return out
}

// content is what a cell holds: its value, or an inline text, and whether there is a formula and a value at all.
type content struct {
	value, inline   string
	formula, valued bool
}

func (t *table) content() (content, error) {
	var c content
	var value strings.Builder
	inValue := false
	for {
		token, err := t.scan.next()
		if err != nil {
			return c, unexpected(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			switch x.Name.Local {
			case "v":
				inValue, c.valued = true, true
			case "f":
				c.formula = true
			case "is":
				if c.inline, err = t.scan.richText("is"); err != nil {
					return c, err
				}
			}
		case xml.EndElement:
			switch x.Name.Local {
			case "v":
				inValue = false
			case "c":
				c.value = value.String()
				return c, nil
			}
		case xml.CharData:
			if inValue {
				value.Write(x)
			}
			if value.Len() > tokenBytesMax {
				return c, ErrLarge
			}
		}
	}
}

// Uncalculated stands for a formula without a result, in the way in which spreadsheets write errors: the program that wrote
// the file did not calculate it.
const Uncalculated = "#CALC!"

// text gives a cell's text by its kind.
func (t *table) text(e element, c content) (string, error) {
	if c.formula && !c.valued && c.inline == "" {
		return Uncalculated, nil
	}
	switch e.attr("t") {
	case "s":
		if strings.TrimSpace(c.value) == "" {
			return "", nil
		}
		i, err := strconv.Atoi(strings.TrimSpace(c.value))
		if err != nil || i < 0 || i >= len(t.book.strings) {
			return "", fmt.Errorf("%w: a text is missing", ErrBroken)
		}
		return t.book.strings[i], nil
	case "inlineStr":
		return c.inline, nil
	case "str", "e":
		return unescape(c.value), nil
	case "b":
		return truth(c.value), nil
	case "d":
		return isoDate(c.value, t.layout), nil
	}
	f := number
	if s, err := strconv.Atoi(e.attr("s")); err == nil && s >= 0 && s < len(t.book.formats) {
		f = t.book.formats[s]
	}
	return numberText(c.value, f, t.book.epoch, t.layout), nil
}

func truth(value string) string {
	switch strings.TrimSpace(value) {
	case "1", "true":
		return "TRUE"
	case "0", "false":
		return "FALSE"
	}
	return value
}
