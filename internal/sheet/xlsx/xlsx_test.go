package xlsx_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"backoffice/internal/sheet"
	"backoffice/internal/sheet/sheettest"
	"backoffice/internal/sheet/xlsx"
)

func open(t *testing.T, h sheet.Head, rows sheet.Rows) *excelize.File {
	t.Helper()
	var b bytes.Buffer
	if err := xlsx.Write(&b, h, rows); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func cell(t *testing.T, f *excelize.File, name string) (kind excelize.CellType, raw, shown string) {
	t.Helper()
	kind, err := f.GetCellType("Data", name)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = f.GetCellValue("Data", name, excelize.Options{RawCellValue: true}); err != nil {
		t.Fatal(err)
	}
	if shown, err = f.GetCellValue("Data", name); err != nil {
		t.Fatal(err)
	}
	return kind, raw, shown
}

// Read back, amounts are numbers, dates are dates, text is text that nothing runs, and an amount that a spreadsheet would
// round is text.
func TestCellsAreWhatTheirColumnsSay(t *testing.T) {
	f := open(t, sheettest.Head(), sheettest.Rows(sheettest.Small()...))
	const number, text, flag = excelize.CellTypeUnset, excelize.CellTypeInlineString, excelize.CellTypeBool
	for name, want := range map[string]struct {
		kind       excelize.CellType
		raw, shown string
	}{
		"A1": {text, "Date", "Date"},
		"B2": {text, "Opening balance", "Opening balance"},
		"C2": {number, "10", "10.00"},
		"A3": {number, "46142", "2026-04-30"},
		"B3": {text, `Agency "staff", week 17`, `Agency "staff", week 17`},
		"C3": {number, "1250", "1,250.00"},
		"B4": {text, `'=HYPERLINK("x")`, `'=HYPERLINK("x")`},
		"C4": {number, "-0.1", "-0.10"},
		"D4": {number, "1500.5", "1,500.5"},
		"F4": {number, "1", "1"},
		"G3": {flag, "1", "TRUE"},
		"B5": {text, "Łódź & Σία", "Łódź & Σία"},
		"C5": {text, "123456789012345678.90", "123456789012345678.90"},
		"B6": {text, "Total", "Total"},
	} {
		if kind, raw, shown := cell(t, f, name); kind != want.kind || raw != want.raw || shown != want.shown {
			t.Errorf("%s is %v %q, shown as %q; wanted %+v", name, kind, raw, shown, want)
		}
	}
	if text, err := f.GetCellFormula("Data", "B4"); err != nil || text != "" {
		t.Errorf("a formula: %q %v", text, err)
	}
}

// The heading stays in sight and filters the data, columns are wide enough to read, and the second sheet says what it is.
func TestTheWorkbookIsReadyToWorkWith(t *testing.T) {
	f := open(t, sheettest.Head(), sheettest.Rows(sheettest.Small()...))
	panes, err := f.GetPanes("Data")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v: %v", panes, err)
	}
	tables, err := f.GetTables("Data")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:H5" { // without the total below
		t.Errorf("tables %+v: %v", tables, err)
	}
	if width, err := f.GetColWidth("Data", "B"); err != nil || width < 40 {
		t.Errorf("width %v: %v", width, err)
	}
	about, err := f.GetRows("About")
	if err != nil || fmt.Sprint(about) != "[[Title Account ledger] [Entity Thistle & Rowan Ltd] [As of 2026-04-30]]" {
		t.Errorf("about: %v %v", about, err)
	}
}

func TestAnEmptyTableIsAWorkbookToo(t *testing.T) {
	rows, err := open(t, sheettest.Head(), sheettest.Rows()).GetRows("Data")
	if err != nil || len(rows) != 1 {
		t.Errorf("%v %v", rows, err)
	}
}

// numbered gives n rows without holding them.
func numbered(n int) sheet.Rows {
	return func(yield func(sheet.Row, error) bool) {
		for i := range n {
			if !yield(sheet.Row{Cells: []string{"2026-04-30", "Agency staff, week " + strconv.Itoa(i), strconv.Itoa(i) + ".01"}}, nil) {
				return
			}
		}
	}
}

var narrow = sheet.Head{Title: "T", Columns: []sheet.Column{{Name: "date", Title: "Date", Kind: sheet.Date},
	{Name: "text", Title: "Text", Kind: sheet.Text}, {Name: "amount", Title: "Amount", Kind: sheet.Amount, Currency: "GBP"}}}

func TestRowsAreSpilledAndComeBack(t *testing.T) {
	const rows = 100_000 // more than the library keeps in memory
	f := open(t, narrow, numbered(rows))
	it, err := f.Rows("Data")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for it.Next() {
		cells, err := it.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if read > 0 && cells[2] != strconv.Itoa(read-1)+".01" {
			t.Fatalf("row %d holds %v", read, cells)
		}
		read++
	}
	if err := errors.Join(it.Error(), it.Close()); err != nil || read != rows+1 {
		t.Errorf("%d rows: %v", read, err)
	}
}

// A long table is written in the memory of a short one: what is held does not grow with the rows.
func TestMemoryDoesNotGrowWithTheRows(t *testing.T) {
	const rows, heapBytesMax = 200_000, 64 << 20
	worst := uint64(0)
	measured := func(yield func(sheet.Row, error) bool) {
		n := 0
		for r, err := range numbered(rows) {
			if n++; n%50_000 == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				worst = max(worst, m.HeapAlloc)
			}
			if !yield(r, err) {
				return
			}
		}
	}
	if err := xlsx.Write(io.Discard, narrow, measured); err != nil {
		t.Fatal(err)
	}
	if worst > heapBytesMax {
		t.Errorf("%d MB are held while %d rows are written", worst>>20, rows)
	}
}

func TestWhatIsNoDateOrNumberIsRefused(t *testing.T) {
	for kind, text := range map[sheet.Kind]string{sheet.Date: "30.04.2026", sheet.Count: "many"} {
		h := sheet.Head{Columns: []sheet.Column{{Name: "x", Kind: kind}}}
		if err := xlsx.Write(io.Discard, h, sheettest.Rows(sheet.Row{Cells: []string{text}})); !errors.Is(err, sheet.ErrKind) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestAWriterThatFailsIsToldOf(t *testing.T) {
	if err := xlsx.Write(full{}, narrow, numbered(3)); err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("%v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

// A sheet ends where the format does. Some ten seconds.
func TestASheetEndsWhereTheFormatDoes(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	one := sheet.Head{Title: "T", Columns: narrow.Columns[2:]}
	rows := func(yield func(sheet.Row, error) bool) {
		for range xlsx.RowsMax + 1 {
			if !yield(sheet.Row{Cells: []string{"1.00"}}, nil) {
				return
			}
		}
	}
	if err := xlsx.Write(io.Discard, one, rows); !errors.Is(err, xlsx.ErrRows) {
		t.Errorf("%v", err)
	}
}
