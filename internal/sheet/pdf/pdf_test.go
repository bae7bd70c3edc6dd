package pdf_test

import (
	"bytes"
	"errors"
	"regexp"
	"testing"

	"backoffice/internal/sheet"
	"backoffice/internal/sheet/pdf"
	"backoffice/internal/sheet/sheettest"
)

var page = regexp.MustCompile(`/Type\s*/Page\b[^s]`)

func pages(t *testing.T, rows ...sheet.Row) int {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Write(&b, sheettest.Head(), sheettest.Rows(rows...)); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || !bytes.Contains(b.Bytes()[max(0, b.Len()-16):], []byte("%%EOF")) {
		t.Fatalf("no PDF: %q…", b.Bytes()[:20])
	}
	return len(page.FindAll(b.Bytes(), -1))
}

func many(n int) []sheet.Row {
	out := make([]sheet.Row, n)
	for i := range out {
		out[i] = sheettest.Small()[1]
	}
	return out
}

// A longer table has more pages, and an empty one has the page that says so.
func TestPagesFollowTheRows(t *testing.T) {
	if n := pages(t); n != 1 {
		t.Errorf("no rows on %d pages", n)
	}
	if n := pages(t, sheettest.Small()...); n != 1 {
		t.Errorf("five rows on %d pages", n)
	}
	few, more := pages(t, many(100)...), pages(t, many(200)...)
	if few < 2 || more < 2*few-1 || more > 2*few {
		t.Errorf("100 rows on %d pages, 200 on %d", few, more)
	}
}

func TestPaperEnds(t *testing.T) {
	err := pdf.Write(&bytes.Buffer{}, sheettest.Head(), sheettest.Rows(many(pdf.RowsMax+1)...))
	if !errors.Is(err, pdf.ErrRows) {
		t.Errorf("%v", err)
	}
}
