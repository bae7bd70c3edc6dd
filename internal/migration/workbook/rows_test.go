package workbook_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"backoffice/internal/migration/workbook"
)

// Each kind of cell becomes the text that a careful person would write.
func TestCellsBecomeText(t *testing.T) {
	for row, want := range map[string]string{
		`<c><v>12.1</v></c>`:                                        "12.1",
		`<c><v>12.100000000000001</v></c>`:                          "12.1",
		`<c><v>0.30000000000000004</v></c>`:                         "0.3",
		`<c><v>1.0</v></c>`:                                         "1",
		`<c><v>-0</v></c>`:                                          "0",
		`<c><v>1E+15</v></c>`:                                       "1000000000000000",
		`<c><v>1.5e-7</v></c>`:                                      "0.00000015",
		`<c><v>-1234567.89</v></c>`:                                 "-1234567.89",
		`<c><v>2.2799999999999998</v></c>`:                          "2.28",
		`<c><v>123456789012345.67</v></c>`:                          "123456789012345.67", // cutting it would lose pence
		`<c><v>12345678901234567890</v></c>`:                        "12345678901234567890",
		`<c s="3"><v>1234.5</v></c>`:                                "1234.5", // a format with a word in quotes
		`<c s="4"><v>1.5</v></c>`:                                   "1.5",    // a length of time is a number of days
		`<c t="s"><v>0</v></c>`:                                     "plain",
		`<c t="s"><v>1</v></c>`:                                     "rich ",
		`<c t="s"><v>2</v></c>`:                                     "007",
		`<c t="s"><v>3</v></c>`:                                     "a\nbA _x00",
		`<c t="inlineStr"><is><r><t>in</t></r><t>line</t></is></c>`: "inline",
		`<c t="str"><f>A1&amp;B1</f><v>joined</v></c>`:              "joined",
		`<c><f>1+1</f><v>2</v></c>`:                                 "2",
		`<c><f>1+1</f></c>`:                                         workbook.Uncalculated,
		`<c t="e"><f>1/0</f><v>#DIV/0!</v></c>`:                     "#DIV/0!",
		`<c t="b"><v>1</v></c><c t="b"><v>0</v></c>`:                "TRUE|FALSE",
		`<c r="C1"><v>3</v></c><c r="E1"><v>5</v></c>`:              "||3||5",
		`<c><v>1</v></c><c r="C1"/><c r="D1" t="s"><v/></c>`:        "1", // what is empty takes no room
		`<x:c xmlns:x="y"><x:v>1</x:v></x:c>`:                       "1",
		`<c><v>&lt;1&gt;</v></c>`:                                   "<1>", // no number, told as it stands
		`<c t="d"><v>2026-04-30T00:00:00</v></c>`:                   "2026-04-30",
		`<c t="d"><v>2026-04-30T10:30:00Z</v></c>`:                  "2026-04-30 10:30:00",
	} {
		if got := cells(t, row); got != want {
			t.Errorf("%s is %q, want %q", row, got, want)
		}
	}
}

// Dates are days in the form that is asked for, whatever they look like in the workbook; a time is kept unless it is midnight.
func TestDates(t *testing.T) {
	for value, want := range map[string][2]string{ // in the calendar from 1900, and in that from 1904
		"46142":              {"30/04/2026", "01/05/2030"},
		"46142.0":            {"30/04/2026", "01/05/2030"},
		"46142.00000000001":  {"30/04/2026", "01/05/2030"},
		"46141.999999999996": {"30/04/2026", "01/05/2030"},
		"46142.5":            {"30/04/2026 12:00:00", "01/05/2030 12:00:00"},
		"1":                  {"01/01/1900", "02/01/1904"},
		"59":                 {"28/02/1900", "29/02/1904"},
		"60":                 {"29/02/1900", "01/03/1904"}, // a day that never was: whoever reads it as one refuses it
		"61":                 {"01/03/1900", "02/03/1904"},
		"0":                  {"0", "01/01/1904"},
		"-1":                 {"-1", "-1"},
		"2958465":            {"31/12/9999", "01/01/10004"},
		"2958466":            {"2958466", "2958466"},
	} {
		for style := 1; style <= 2; style++ { // built in, and the workbook's own
			p := simple(fmt.Sprintf(`<row r="1"><c s="%d"><v>%s</v></c></row>`, style, value))
			for n, head := range []string{"", `<workbookPr date1904="1"/>`} {
				p["xl/workbook.xml"] = `<workbook>` + head + `<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`
				if rows, err := read(p.file(t), "", "02/01/2006"); err != nil || len(rows) != 1 || rows[0] != "1:"+want[n] {
					t.Errorf("%s in calendar %d is %v, %v; want %s", value, n, rows, err, want[n])
				}
			}
		}
	}
	if got := cells(t, `<c s="5"><v>0.75</v></c>`); got != "18:00:00" {
		t.Errorf("a time alone is %q", got)
	}
}

// Rows have the worksheet's own numbers, and those that are blank are not given, however many are claimed.
func TestBlankRowsAreNoRows(t *testing.T) {
	blank := strings.Repeat(`<row><c s="1"/><c r="XFD9" s="1"/></row>`, 50_000)
	p := simple(`<row r="3"><c t="s"><v>0</v></c></row><row><c><v>4</v></c></row>` + strings.ReplaceAll(blank, ` r="XFD9"`, "") + `<row r="1048576"><c><v>1</v></c></row>`)
	p["xl/worksheets/sheet1.xml"] = `<worksheet><dimension ref="A1:XFD1048576"/>` + strings.TrimPrefix(p["xl/worksheets/sheet1.xml"], "<worksheet>")
	rows, err := read(p.file(t), "", time.DateOnly)
	if err != nil || strings.Join(rows, " ") != "3:plain 4:4 1048576:1" {
		t.Errorf("%v, %v", rows, err)
	}
}

// A worksheet is found by its name, capitals aside; the first that is not hidden needs none.
func TestWorksheetsAreFoundByName(t *testing.T) {
	p := simple(`<row><c><v>1</v></c></row>`)
	p["xl/workbook.xml"] = `<workbook><sheets><sheet name="Chart" r:id="rId9"/><sheet name="Notes" state="veryHidden" r:id="rId1"/><sheet name="Data" r:id="rId5"/><sheet name="More &amp; more" r:id="rId6"/></sheets></workbook>`
	p["xl/_rels/workbook.xml.rels"] = `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId5" Type="http://x/worksheet" Target="/xl/worksheets/data.xml"/><Relationship Id="rId6" Type="http://x/worksheet" Target="../xl/worksheets/more.xml"/>` +
		`<Relationship Id="rId9" Type="http://x/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>`
	p["xl/worksheets/data.xml"] = `<worksheet><sheetData><row><c><v>2</v></c></row></sheetData></worksheet>`
	p["xl/worksheets/More.xml"] = `<worksheet><sheetData><row><c><v>3</v></c></row></sheetData></worksheet>`
	raw := p.file(t)
	for name, want := range map[string]string{"": "1:2", "notes": "1:1", "Data ": "1:2", "MORE & MORE": "1:3"} {
		if rows, err := read(raw, name, time.DateOnly); err != nil || strings.Join(rows, " ") != want {
			t.Errorf("%q: %v, %v", name, rows, err)
		}
	}
	for _, name := range []string{"Chart", "Nothing"} {
		if _, err := read(raw, name, time.DateOnly); !errors.Is(err, workbook.ErrNoSheet) {
			t.Errorf("%q: %v", name, err)
		}
	}
	b, err := workbook.Open(raw)
	if err != nil || strings.Join(b.Sheets(), ",") != "Notes,Data,More & more" {
		t.Errorf("%v, %v", b.Sheets(), err)
	}
}

func TestColumnNames(t *testing.T) {
	for n, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 52: "AZ", 702: "ZZ", 703: "AAA", 16384: "XFD", 0: ""} {
		if got := workbook.ColumnName(n); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
}
