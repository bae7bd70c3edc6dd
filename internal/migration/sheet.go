package migration

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"backoffice/internal/fault"
)

const (
	fileBytesMax = 50 << 20
	rowsMax      = 500_000
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// sheet is a file as it was read: its heading, and its rows in order.
type sheet struct {
	heading []string
	rows    []sheetRow
	// numbered says that the rows are those of a worksheet, semicolons that they stand between the cells: a comma in an amount may
	// then stand before its decimals.
	numbered, semicolons bool
}

// sheetRow is one row; bad says why it could not be read. Its number counts from 1, the first below the heading; a worksheet's
// rows have the worksheet's own numbers.
type sheetRow struct {
	n     int
	cells []string
	bad   *fault.Rule
}

// readSheet reads a CSV file, or the rows that a worksheet was turned into, which have their numbers before them. A row that
// cannot be read is kept with its reason; one whose cells are all empty is no row. A file without a heading or rows is refused.
func readSheet(raw []byte, numbered bool) (sheet, error) {
	s := sheet{numbered: numbered}
	if len(raw) > fileBytesMax {
		return s, RuleFileLarge.Err()
	}
	raw = bytes.TrimPrefix(raw, byteOrderMark)
	in := lines{raw: raw, comma: ','}
	if !numbered {
		if !bytes.ContainsRune(raw, '\n') { // as spreadsheets once ended lines on a Macintosh
			in.raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
		}
		in.comma = separator(in.raw)
		s.semicolons = in.comma == ';'
	}
	n := -1 // the heading is none
	for {
		row, more := in.next()
		if !more {
			break
		}
		if n++; numbered {
			row.number(len(s.heading))
		} else {
			row.n = n
		}
		if s.heading == nil {
			if row.bad != nil {
				return s, RuleFileHead.Err()
			}
			s.heading = trimmed(row.cells)
			continue
		}
		if row.blank() {
			continue // as spreadsheets write rows in which something once stood
		}
		if row.bad == nil && len(row.cells) != len(s.heading) {
			row.bad = &RowColumns
		}
		if s.rows = append(s.rows, row); len(s.rows) > rowsMax {
			return s, RuleFileLarge.Err()
		}
	}
	if len(s.rows) == 0 {
		return s, RuleFileEmpty.Err()
	}
	return s, nil
}

// lines goes through a file record by record.
type lines struct {
	raw   []byte
	comma rune
	r     *csv.Reader
	from  int // where the reader began
}

// next gives the next record. One that cannot be read is its first line alone, and the file goes on with the line below: a quote
// that is never closed would take all other rows with it.
func (l *lines) next() (sheetRow, bool) {
	if l.r == nil {
		l.r = csv.NewReader(bytes.NewReader(l.raw[l.from:]))
		l.r.Comma, l.r.FieldsPerRecord = l.comma, -1
	}
	from := l.from + int(l.r.InputOffset())
	cells, err := l.r.Read()
	if errors.Is(err, io.EOF) {
		return sheetRow{}, false
	}
	bad := l.raw[from : l.from+int(l.r.InputOffset())]
	if err != nil {
		start := len(bad) - len(bytes.TrimLeft(bad, "\r\n")) // empty lines before it
		if end := bytes.IndexByte(bad[start:], '\n'); end >= 0 {
			bad = bad[:start+end+1]
		}
		l.from, l.r = from+len(bad), nil
	}
	if err != nil || slices.ContainsFunc(cells, func(c string) bool { return !utf8.ValidString(c) }) {
		return sheetRow{cells: []string{strings.ToValidUTF8(strings.TrimSpace(string(bad)), "\uFFFD")}, bad: &RowUnreadable}, true
	}
	return sheetRow{cells: cells}, true
}

// number takes a worksheet's row number off, and brings the row to the heading's width: a worksheet has no empty cells at its
// end.
func (r *sheetRow) number(width int) {
	n, err := strconv.Atoi(r.cells[0])
	if err != nil {
		panic("migration: a row of a worksheet has no number")
	}
	r.n, r.cells = n, r.cells[1:]
	for len(r.cells) < width {
		r.cells = append(r.cells, "")
	}
}

func (r sheetRow) blank() bool {
	return r.bad == nil && !slices.ContainsFunc(r.cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// separators are what stands between cells, the most usual first.
const separators = ",;\t|"

// separator tells from the heading what stands between the cells of a file: what parts it into the most columns. Where a comma
// stands before decimals, spreadsheets put a semicolon between cells.
func separator(raw []byte) rune {
	best, columns := ',', 0
	for _, c := range separators {
		r := csv.NewReader(bytes.NewReader(raw))
		r.Comma, r.FieldsPerRecord = c, -1
		if cells, err := r.Read(); err == nil && len(cells) > columns {
			best, columns = c, len(cells)
		}
	}
	return best
}

func trimmed(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.TrimSpace(c)
	}
	return out
}

// layout is where each field stands in a row; -1 where no column holds it.
type layout struct {
	externalID, party, partyExternalID, document, amount, date, description, account, currency, source int
}

// layOut finds the mapping's columns in the heading, which names each of them once. A refusal names our fields, each by its
// place in a mapping: what the file holds is not repeated.
func (k Columns) layOut(heading []string) (layout, error) {
	named, faults := k.named(), fault.Collect()
	for _, field := range slices.Sorted(maps.Keys(named)) {
		i := slices.Index(heading, named[field])
		faults.Check(i >= 0 && slices.Index(heading[i+1:], named[field]) < 0, "/columns/"+field, RuleFileHead)
	}
	if err := faults.Err(); err != nil {
		return layout{}, err
	}
	at := func(name string) int {
		if name == "" {
			return -1
		}
		return slices.Index(heading, name)
	}
	return layout{externalID: at(k.ExternalID), party: at(k.Party), partyExternalID: at(k.PartyExternalID), document: at(k.Document), amount: at(k.Amount),
		date: at(k.Date), description: at(k.Description), account: at(k.Account), currency: at(k.Currency), source: at(k.Source)}, nil
}

// cell gives a row's text for a field, trimmed, or the default where it is empty or no column holds it. The apostrophe that
// our own error files put before what a spreadsheet would run is taken off.
func (r sheetRow) cell(at int, otherwise string) string {
	if at < 0 || at >= len(r.cells) {
		return otherwise
	}
	text := strings.TrimSpace(r.cells[at])
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune("=+-@", rune(text[1])) {
		text = text[1:]
	}
	if text == "" {
		return otherwise
	}
	return text
}
