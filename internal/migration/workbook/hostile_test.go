package workbook_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"backoffice/internal/migration/workbook"
)

// What a file is that is no workbook of ours is told by name.
func TestOtherFilesAreToldApart(t *testing.T) {
	compound := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	locked := compound + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	for text, want := range map[string]error{compound: workbook.ErrOld, locked: workbook.ErrEncrypted, "%PDF-1.7": workbook.ErrForeign, "Ref,Net\n1,2\n": nil, "": nil, "P": nil} {
		if err := workbook.Refuse([]byte(text)); !errors.Is(err, want) || workbook.Is([]byte(text)) {
			t.Errorf("%.9q: %v", text, err)
		}
	}
	p := simple(`<row><c><v>1</v></c></row>`)
	typed := func(kind string) parts {
		return p.with("[Content_Types].xml", `<Types><Override PartName="/xl/workbook.xml" ContentType="`+kind+`"/></Types>`)
	}
	for name, c := range map[string]struct {
		parts parts
		want  error
	}{
		"macros":       {typed("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), workbook.ErrMacros},
		"binary":       {typed("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), workbook.ErrOther},
		"document":     {typed("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), workbook.ErrForeign},
		"OpenDocument": {parts{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}, workbook.ErrOther},
		"archive":      {parts{"a.txt": "a"}, workbook.ErrForeign},
		"empty":        {parts{}, workbook.ErrForeign},
	} {
		raw := c.parts.file(t)
		if _, err := workbook.Open(raw); !errors.Is(err, c.want) || !workbook.Is(raw) || workbook.Refuse(raw) != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What cannot be read as a workbook is refused as broken, wherever it breaks.
func TestBrokenWorkbooks(t *testing.T) {
	p := simple(`<row><c><v>1</v></c></row>`)
	without := func(name string) parts {
		q := p.with("x", "")
		delete(q, name)
		return q
	}
	sheet := func(rows string) parts { return p.with("xl/worksheets/sheet1.xml", rows) }
	for name, broken := range map[string]parts{
		"no relations":           without("_rels/.rels"),
		"no workbook":            without("xl/workbook.xml"),
		"no worksheet":           without("xl/worksheets/sheet1.xml"),
		"no strings":             without("xl/sharedStrings.xml"),
		"the workbook elsewhere": p.with("_rels/.rels", `<Relationships><Relationship Id="rId1" Type="http://x/officeDocument" Target="../../etc/passwd"/></Relationships>`),
		"no XML":                 sheet("<<<"),
		"cut off":                sheet(`<worksheet><sheetData><row><c><v>1`),
		"no rows at all":         sheet(`<worksheet/>`),
		"an entity of its own":   sheet(`<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>`),
		"a byte that is no text": sheet("<worksheet><sheetData><row><c><v>\xff</v></c></row></sheetData></worksheet>"),
		"rows out of order":      simple(`<row r="2"/><row r="1"><c><v>1</v></c></row>`),
		"a row of no number":     simple(`<row r="x"/>`),
		"a row too far":          simple(`<row r="1048577"/>`),
		"cells out of order":     simple(`<row><c r="B1"/><c r="A1"/></row>`),
		"a cell in no row":       simple(`<c><v>0</v></c></row>`),
		"a row in another":       simple(`<row r="1"><row r="2"><c><v>0</v></c></row></row>`),
		"a cell too far":         simple(`<row><c r="XFE1"/></row>`),
		"a cell of no name":      simple(`<row><c r="1A"/></row>`),
		"a text too far":         simple(`<row><c t="s"><v>4</v></c></row>`),
		"a text below nought":    simple(`<row><c t="s"><v>-1</v></c></row>`),
		"a text of no number":    simple(`<row><c t="s"><v>x</v></c></row>`),
	} {
		if _, err := read(broken.file(t), "", time.DateOnly); !errors.Is(err, workbook.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw := p.file(t)
	if _, err := read(raw[:len(raw)-30], "", time.DateOnly); !errors.Is(err, workbook.ErrBroken) {
		t.Errorf("the archive's end is missing: %v", err)
	}
	twice := bytes.ReplaceAll(p.with("xl/stylez.xml", "").file(t), []byte("xl/stylez.xml"), []byte("xl/styles.xml"))
	if _, err := read(twice, "", time.DateOnly); !errors.Is(err, workbook.ErrBroken) {
		t.Errorf("a part is there twice: %v", err)
	}
	if _, err := read(p.with("xl/workbook.xml", "<workbook/>").file(t), "", time.DateOnly); !errors.Is(err, workbook.ErrNoSheet) {
		t.Errorf("no worksheet: %v", err)
	}
}

// endless packs a part that unpacks to a great many repetitions of a text.
func endless(t *testing.T, p parts, name, before, again string, times int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for other, text := range p {
		if other == name {
			continue
		}
		f, err := z.Create(other)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(f, before)
	}
	for range times {
		if err == nil {
			_, err = io.WriteString(f, again)
		}
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A small file that unpacks to more than is read is refused by its limit, without the memory that it is after.
func TestBombsAreRefused(t *testing.T) {
	p := simple(`<row><c t="s"><v>0</v></c></row>`)
	long := strings.Repeat("a", 1<<20)
	for name, raw := range map[string][]byte{
		"a text without end":    endless(t, p, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c><v>`, long, 8),
		"a tag without end":     endless(t, p, "xl/worksheets/sheet1.xml", `<worksheet a="`, long, 8),
		"comments without end":  endless(t, p, "xl/worksheets/sheet1.xml", `<worksheet><!--`, long, 8),
		"a text in many pieces": endless(t, p, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c><v>`, long[:1<<19]+"<x/>", 8),
		"shared texts":          endless(t, p, "xl/sharedStrings.xml", `<sst>`, `<si><t>`+long[:1<<19]+`</t></si>`, 130),
		"one shared text":       endless(t, p, "xl/sharedStrings.xml", `<sst><si>`, `<t>`+long[:1<<19]+`</t>`, 8),
		"list of types":         endless(t, p, "[Content_Types].xml", `<Types>`, `<!--`+long[:1<<19]+`-->`, 520),
		"one text in every column": p.with("xl/sharedStrings.xml", `<sst><si><t>`+long[:1<<19]+`</t></si></sst>`).with("xl/worksheets/sheet1.xml",
			`<worksheet><sheetData><row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 1000)+`</row></sheetData></worksheet>`).file(t),
	} {
		if _, err := read(raw, "", time.DateOnly); !errors.Is(err, workbook.ErrLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := parts{}
	for n := range 10_001 {
		many["x"+strings.Repeat("y", n%7)+time.Duration(n).String()] = ""
	}
	if _, err := workbook.Open(many.file(t)); !errors.Is(err, workbook.ErrLarge) {
		t.Errorf("a great many parts: %v", err)
	}
}

// FuzzRead reads workbooks whose worksheet, styles and texts are anything: it must come to an end, with rows in order.
func FuzzRead(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s" s="1"><v>0</v></c></row>`, `<cellXfs><xf numFmtId="14"/></cellXfs>`, `<si><t>a</t></si>`)
	f.Add(`<row><c t="inlineStr"><is><t>_x000D_</t></is></c><c s="0"><v>1e5</v></c></row>`, `<numFmt numFmtId="200" formatCode="[h]&quot;"/><cellXfs><xf numFmtId="200"/></cellXfs>`, ``)
	f.Add(`<row r="9"><c><f>1</f></c></row>`, `<cellXfs/>`, `<si><rPh><t>x</t></rPh></si>`)
	f.Fuzz(func(t *testing.T, rows, styles, texts string) {
		p := simple(rows).with("xl/styles.xml", `<styleSheet>`+styles+`</styleSheet>`).with("xl/sharedStrings.xml", `<sst>`+texts+`</sst>`)
		b, err := workbook.Open(p.file(t))
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		err = b.Rows("", "02/01/2006", func(r workbook.Row) error {
			if r.N <= last || len(r.Cells) == 0 || strings.TrimSpace(r.Cells[len(r.Cells)-1]) == "" {
				t.Errorf("row %d after %d: %q", r.N, last, r.Cells)
			}
			last = r.N
			return nil
		})
		if err != nil && !errors.Is(err, workbook.ErrBroken) && !errors.Is(err, workbook.ErrLarge) {
			t.Errorf("%v", err)
		}
	})
}

// FuzzOpen opens anything.
func FuzzOpen(f *testing.F) {
	f.Add(simple(`<row><c><v>1</v></c></row>`).file(f))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		_, _ = read(raw, "", time.DateOnly) // must come back
	})
}
