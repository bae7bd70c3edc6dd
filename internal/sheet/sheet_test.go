package sheet_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"backoffice/internal/op"
	"backoffice/internal/sheet"
	"backoffice/internal/sheet/sheettest"
)

// What a small table looks like in the two formats that are texts is written down, byte for byte.
func TestTextsAreAsAgreed(t *testing.T) {
	for _, format := range []sheet.Format{sheet.CSV, sheet.JSONL} {
		var b bytes.Buffer
		if err := sheet.Plain().Write(format, &b, sheettest.Head(), sheettest.Rows(sheettest.Small()...)); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("testdata", "small."+string(format)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%s is\n%s\nand not\n%s", format, b.Bytes(), want)
		}
	}
}

func TestAFormatWithoutAWriterIsRefused(t *testing.T) {
	if err := sheet.Plain().Write(sheet.PDF, io.Discard, sheettest.Head(), sheettest.Rows()); !errors.Is(err, sheet.ErrFormat) {
		t.Errorf("%v", err)
	}
}

// A row of another width would put amounts under other headings; an error of the source must not end as a short file.
func TestBrokenRowsEndTheFile(t *testing.T) {
	for _, format := range []sheet.Format{sheet.CSV, sheet.JSONL} {
		short := sheet.Row{Cells: []string{"1"}}
		if err := sheet.Plain().Write(format, io.Discard, sheettest.Head(), sheettest.Rows(short)); !errors.Is(err, sheet.ErrWidth) {
			t.Errorf("%s: %v", format, err)
		}
		broken := errors.New("broken")
		rows := func(yield func(sheet.Row, error) bool) { yield(sheet.Row{}, broken) }
		if err := sheet.Plain().Write(format, io.Discard, sheettest.Head(), rows); !errors.Is(err, broken) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestACountThatIsNoNumberIsRefused(t *testing.T) {
	h := sheet.Head{Columns: []sheet.Column{{Name: "n", Kind: sheet.Count}}}
	if err := sheet.WriteJSONL(io.Discard, h, sheettest.Rows(sheet.Row{Cells: []string{"many"}})); !errors.Is(err, sheet.ErrKind) {
		t.Errorf("%v", err)
	}
}

// texts are what cells may hold: anything a description may.
var texts = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "=1+1", "-2", "@x", "\"", "a,b", "a\r\nb", "'x", "£", "\u2028", "<b>"}))

// Whatever stands in the cells, a reader of CSV gets the same back, but for the apostrophe before what a spreadsheet would run.
func TestCSVReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := sheet.Head{Columns: []sheet.Column{{Name: "a"}, {Name: "b"}}}
		var rows []sheet.Row
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			rows = append(rows, sheet.Row{Cells: []string{texts.Draw(t, "a"), texts.Draw(t, "b")}})
		}
		var b bytes.Buffer
		if err := sheet.WriteCSV(&b, h, sheettest.Rows(rows...)); err != nil {
			t.Fatal(err)
		}
		got, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(got) != len(rows)+1 {
			t.Fatalf("%d rows for %d: %v", len(got), len(rows), err)
		}
		for i, r := range rows {
			for j, cell := range r.Cells {
				// encoding/csv writes every line break alike and reads it as \n.
				if want := strings.ReplaceAll(op.SafeCell(cell), "\r", ""); got[i+1][j] != want {
					t.Fatalf("%q came back as %q", want, got[i+1][j])
				}
			}
		}
	})
}

// Every line of JSON Lines is one object, which holds what the cells hold.
func TestJSONLReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := sheet.Head{Columns: []sheet.Column{{Name: "a", Kind: sheet.Text}, {Name: "b", Kind: sheet.Text}}}
		var rows []sheet.Row
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			rows = append(rows, sheet.Row{Cells: []string{texts.Draw(t, "a"), texts.Draw(t, "b")}})
		}
		var b bytes.Buffer
		if err := sheet.WriteJSONL(&b, h, sheettest.Rows(rows...)); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if len(rows) == 0 {
			if b.Len() > 0 {
				t.Fatalf("%q", b.String())
			}
			return
		}
		if len(lines) != len(rows) {
			t.Fatalf("%d lines for %d rows", len(lines), len(rows))
		}
		for i, line := range lines {
			got := map[string]string{}
			if err := json.Unmarshal([]byte(line), &got); err != nil {
				t.Fatal(err)
			}
			for j, name := range []string{"a", "b"} {
				if got[name] != strings.ToValidUTF8(rows[i].Cells[j], "\uFFFD") {
					t.Fatalf("%q came back as %q", rows[i].Cells[j], got[name])
				}
			}
		}
	})
}

// Parts give back the rows that they were made of, whole and in order.
func TestPartsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(rapid.Custom(func(t *rapid.T) sheet.Row {
			return sheet.Row{Cells: rapid.SliceOfN(rapid.StringMatching(`[ -~£]*`), 1, 4).Draw(t, "cells"), Role: rapid.SampledFrom([]sheet.Role{sheet.Data, sheet.Sum, sheet.Edge}).Draw(t, "role")}
		})).Draw(t, "rows")
		var b bytes.Buffer
		if err := sheet.WritePart(&b, rows); err != nil {
			t.Fatal(err)
		}
		var got []sheet.Row
		whole := sheet.ReadPart(&b, func(r sheet.Row, err error) bool {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, r)
			return true
		})
		same := func(a, b sheet.Row) bool { return a.Role == b.Role && slices.Equal(a.Cells, b.Cells) }
		if !whole || !slices.EqualFunc(got, rows, same) {
			t.Fatalf("%v came back as %v", rows, got)
		}
	})
}

func TestABrokenPartIsToldOf(t *testing.T) {
	var failed error
	whole := sheet.ReadPart(strings.NewReader("{\"c\":[\"1\"]}\n{\"c\":"), func(_ sheet.Row, err error) bool { failed = err; return true })
	if whole || failed == nil {
		t.Errorf("a part that is cut off is read as whole: %v", failed)
	}
}

// A spool knows its length and hash, gives its content back, and leaves nothing behind.
func TestSpool(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := sheet.Spooled(func(w io.Writer) error { _, err := io.WriteString(w, "abc"); return err })
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(s)
	if err != nil || string(raw) != "abc" || s.Bytes != 3 || s.SHA256 != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("%q, %d bytes, %s: %v", raw, s.Bytes, s.SHA256, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	broken := errors.New("broken")
	if _, err := sheet.Spooled(func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
