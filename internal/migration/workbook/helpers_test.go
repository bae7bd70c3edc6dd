package workbook_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"backoffice/internal/migration/workbook"
)

const mainType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

// parts are the parts of a workbook by their names.
type parts map[string]string

// simple gives the parts of a workbook with one worksheet, whose rows are given as XML.
func simple(rows string) parts {
	return parts{
		"[Content_Types].xml": `<Types><Override PartName="/xl/workbook.xml" ContentType="` + mainType + `"/></Types>`,
		"_rels/.rels":         `<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":     `<workbook><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="http://x/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-809]dd\-mmm\-yyyy;@"/><numFmt numFmtId="165" formatCode="&quot;day&quot;#,##0.00"/>` +
			`<numFmt numFmtId="166" formatCode="[h]:mm:ss"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
			`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="20"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":     `<sst><si><t>plain</t></si><si><r><t>ri</t></r><r><t xml:space="preserve">ch </t></r><rPh><t>reading</t></rPh></si><si><t>007</t></si><si><t>a_x000D_&#10;b_x0041_ _x00</t></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	}
}

// with gives the parts with some of them otherwise.
func (p parts) with(name, text string) parts {
	out := maps.Clone(p)
	out[name] = text
	return out
}

// file packs the parts.
func (p parts) file(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte(p[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read gives the rows of a workbook's worksheet, each as its number and its cells.
func read(raw []byte, sheet, layout string) (rows []string, err error) {
	b, err := workbook.Open(raw)
	if err != nil {
		return nil, err
	}
	err = b.Rows(sheet, layout, func(r workbook.Row) error {
		rows = append(rows, fmt.Sprintf("%d:%s", r.N, strings.Join(r.Cells, "|")))
		return nil
	})
	return rows, err
}

// cells gives the only row of a workbook with one worksheet.
func cells(t *testing.T, row string) string {
	t.Helper()
	rows, err := read(simple(`<row r="1">`+row+`</row>`).file(t), "", time.DateOnly)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%s: %v, %v", row, rows, err)
	}
	return strings.TrimPrefix(rows[0], "1:")
}
