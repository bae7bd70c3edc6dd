// Package xlsx writes tables as Office Open XML workbooks.
package xlsx

import (
	"archive/zip"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"backoffice/internal/op"
	"backoffice/internal/sheet"
)

// RowsMax is how many rows a sheet can hold below its heading: the format ends at 1,048,576 rows.
const RowsMax = 1_048_576 - 1

// ErrRows says that the table is longer than a sheet.
var ErrRows = errors.New("xlsx: more rows than a sheet can hold")

const (
	dataSheet  = "Data"
	aboutSheet = "About"
	// significantDigits is how many digits a spreadsheet's numbers keep; an amount with more stays text, so that it is never
	// rounded behind its reader's back.
	significantDigits = 15
	widthMin          = 8
)

// Write writes a workbook of two sheets: the data under a frozen heading with a filter, and what the table is about. Amounts
// and dates are numbers and dates with their formats, so that they can be added up and sorted. Rows go straight to the file;
// the library keeps no more than some megabytes of them and spills the rest to the disk.
func Write(w io.Writer, h sheet.Head, rows sheet.Rows) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := about(f, h); err != nil {
		return err
	}
	b, err := newBook(f, h)
	if err != nil {
		return err
	}
	if err := b.fill(rows); err != nil {
		return err
	}
	// The library would put the whole archive into memory first.
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	_, err = f.WriteTo(io.Discard)
	return err
}

// book is the data sheet while it is written.
type book struct {
	head   sheet.Head
	out    *excelize.StreamWriter
	styles map[style]int
	row    int // last one written
	data   int // last one that the filter covers
}

// style is what a cell's looks depend on.
type style struct {
	kind     sheet.Kind
	decimals int
	bold     bool
}

func newBook(f *excelize.File, h sheet.Head) (*book, error) {
	if err := f.SetSheetName("Sheet1", dataSheet); err != nil {
		return nil, err
	}
	out, err := f.NewStreamWriter(dataSheet)
	if err != nil {
		return nil, err
	}
	b := &book{head: h, out: out, styles: map[style]int{}}
	if err := b.makeStyles(f); err != nil {
		return nil, err
	}
	for i, c := range h.Columns {
		if err := out.SetColWidth(i+1, i+1, float64(max(c.Width, len(c.Title)+3, widthMin))); err != nil {
			return nil, err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	heading := make([]any, len(h.Columns))
	for i, c := range h.Columns {
		heading[i] = excelize.Cell{Value: c.Title, StyleID: b.styles[style{kind: sheet.Text, bold: true}]}
	}
	b.row = 1
	return b, out.SetRow("A1", heading)
}

// decimalsMax is the most decimals that a currency of ISO 4217 has.
const decimalsMax = 4

// makeStyles makes every look that a cell can have: a stream takes no new ones once rows are under way.
func (b *book) makeStyles(f *excelize.File) error {
	for _, bold := range []bool{false, true} {
		for decimals := range decimalsMax + 1 {
			if err := b.makeStyle(f, style{sheet.Amount, decimals, bold}, amountFormat(decimals)); err != nil {
				return err
			}
		}
		for kind, format := range map[sheet.Kind]string{sheet.Text: "@", sheet.Date: "yyyy-mm-dd", sheet.Count: "0", sheet.Flag: "General"} {
			if err := b.makeStyle(f, style{kind: kind, bold: bold}, format); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *book) makeStyle(f *excelize.File, s style, format string) error {
	id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Bold: s.bold}})
	b.styles[s] = id
	return err
}

func amountFormat(decimals int) string {
	if decimals == 0 {
		return "#,##0;-#,##0"
	}
	places := "." + strings.Repeat("0", decimals)
	return "#,##0" + places + ";-#,##0" + places
}

// fill writes the rows, and then the filter over all of them but the totals at the end.
func (b *book) fill(rows sheet.Rows) error {
	values := make([]any, len(b.head.Columns))
	err := sheet.Each(b.head, rows, func(r sheet.Row) error {
		if b.row > RowsMax {
			return ErrRows
		}
		b.row++
		for i, text := range r.Cells {
			cell, err := b.cell(b.head.Columns[i].Kind, text, r.Role != sheet.Data)
			if err != nil {
				return err
			}
			values[i] = cell
		}
		if r.Role == sheet.Data {
			b.data = b.row
		}
		return b.out.SetRow("A"+strconv.Itoa(b.row), values)
	}, sheet.Data, sheet.Sum, sheet.Edge)
	if err != nil {
		return err
	}
	if b.data > 1 {
		end, err := excelize.CoordinatesToCellName(len(b.head.Columns), b.data)
		if err != nil {
			return err
		}
		if err := b.out.AddTable(&excelize.Table{Range: "A1:" + end, Name: "Export", StyleName: "TableStyleLight1"}); err != nil {
			return err
		}
	}
	return b.out.Flush()
}

// cell makes a cell of its column's kind. Text is made harmless here, too: the workbook itself runs no text as a formula, but
// it may be saved as CSV and opened again.
func (b *book) cell(kind sheet.Kind, text string, bold bool) (excelize.Cell, error) {
	plain := excelize.Cell{StyleID: b.styles[style{kind: sheet.Text, bold: bold}]}
	if text == "" {
		return plain, nil
	}
	switch kind {
	case sheet.Amount:
		number, decimals, ok := numberOf(text)
		if ok {
			return excelize.Cell{Value: number, StyleID: b.styles[style{sheet.Amount, decimals, bold}]}, nil
		}
	case sheet.Date:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return plain, sheet.ErrKind
		}
		return excelize.Cell{Value: day, StyleID: b.styles[style{kind: sheet.Date, bold: bold}]}, nil
	case sheet.Count:
		n, err := strconv.Atoi(text)
		if err != nil {
			return plain, sheet.ErrKind
		}
		return excelize.Cell{Value: n, StyleID: b.styles[style{kind: sheet.Count, bold: bold}]}, nil
	case sheet.Flag:
		return excelize.Cell{Value: text == "true", StyleID: b.styles[style{kind: sheet.Flag, bold: bold}]}, nil
	case sheet.Text:
	}
	plain.Value = op.SafeCell(text)
	return plain, nil
}

// numberOf reads an amount as the number that a spreadsheet will hold; ok is false where that would not be the same amount.
func numberOf(text string) (number float64, decimals int, ok bool) {
	digits := strings.TrimPrefix(text, "-")
	whole, places, _ := strings.Cut(digits, ".")
	if len(strings.TrimLeft(whole+places, "0")) > significantDigits || len(places) > decimalsMax {
		return 0, 0, false
	}
	number, err := strconv.ParseFloat(text, 64)
	return number, len(places), err == nil && strconv.FormatFloat(number, 'f', len(places), 64) == text
}

// about writes the second sheet: title and facts, which would only be in the way of whoever sorts the data.
func about(f *excelize.File, h sheet.Head) error {
	if _, err := f.NewSheet(aboutSheet); err != nil {
		return err
	}
	lines := append([]sheet.Fact{{Name: "Title", Value: h.Title}}, h.Facts...)
	for i, fact := range lines {
		if err := f.SetSheetRow(aboutSheet, "A"+strconv.Itoa(i+1), &[]any{op.SafeCell(fact.Name), op.SafeCell(fact.Value)}); err != nil {
			return err
		}
	}
	return errors.Join(f.SetColWidth(aboutSheet, "A", "A", 24), f.SetColWidth(aboutSheet, "B", "B", 60),
		f.SetDocProps(&excelize.DocProperties{Title: h.Title, Creator: "Back Office System"}))
}
