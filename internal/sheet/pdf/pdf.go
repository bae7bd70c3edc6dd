// Package pdf sets tables on paper.
package pdf

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/johnfercher/maroto/v2"
	"github.com/johnfercher/maroto/v2/pkg/components/col"
	"github.com/johnfercher/maroto/v2/pkg/components/row"
	"github.com/johnfercher/maroto/v2/pkg/components/text"
	"github.com/johnfercher/maroto/v2/pkg/config"
	"github.com/johnfercher/maroto/v2/pkg/consts/align"
	"github.com/johnfercher/maroto/v2/pkg/consts/border"
	"github.com/johnfercher/maroto/v2/pkg/consts/breakline"
	"github.com/johnfercher/maroto/v2/pkg/consts/fontstyle"
	"github.com/johnfercher/maroto/v2/pkg/consts/orientation"
	"github.com/johnfercher/maroto/v2/pkg/consts/pagesize"
	"github.com/johnfercher/maroto/v2/pkg/core"
	"github.com/johnfercher/maroto/v2/pkg/props"
	"github.com/johnfercher/maroto/v2/pkg/repository"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"backoffice/internal/sheet"
)

// RowsMax is how many rows are set: some hundred pages. Whoever needs more needs a file that can be searched, and the whole
// document stands in memory until its last page is numbered.
const RowsMax = 5_000

// ErrRows says that the table is too long for paper.
var ErrRows = errors.New("pdf: more rows than paper takes")

const (
	// family is a font with Latin, Greek and Cyrillic letters: the ones that every reader of PDF has stop at Western Europe,
	// and suppliers do not.
	family          = "go"
	sizeText        = 7
	sizeTitle       = 13
	heightRow       = 4.5
	heightHeading   = 6
	heightTitle     = 8
	marginMM        = 12
	portraitWidth   = 95 // in characters; a wider table lies on its side
	cellCharsMargin = 2
)

// Write sets a table on A4: title, facts and heading on every page, amounts to the right, totals in bold, pages numbered.
func Write(w io.Writer, h sheet.Head, rows sheet.Rows) error {
	p, err := newPaper(h)
	if err != nil {
		return err
	}
	set := 0
	err = sheet.Each(h, rows, func(r sheet.Row) error {
		if set++; set > RowsMax {
			return ErrRows
		}
		p.out.AddRows(p.row(r))
		return nil
	}, sheet.Data, sheet.Sum, sheet.Edge)
	if err != nil {
		return err
	}
	doc, err := p.out.Generate()
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	_, err = w.Write(doc.GetBytes())
	return err
}

// paper is a document while it is set.
type paper struct {
	out     core.Maroto
	columns []int // those of the table that are set
	head    sheet.Head
	units   int // the columns' widths together
}

func newPaper(h sheet.Head) (*paper, error) {
	p := &paper{head: h}
	for i, c := range h.Columns {
		if !c.Screen {
			p.columns = append(p.columns, i)
			p.units += c.Width
		}
	}
	fonts, err := repository.New().
		AddUTF8FontFromBytes(family, fontstyle.Normal, goregular.TTF).
		AddUTF8FontFromBytes(family, fontstyle.Bold, gobold.TTF).Load()
	if err != nil {
		return nil, fmt.Errorf("pdf: fonts: %w", err)
	}
	lie := orientation.Vertical
	if p.units > portraitWidth {
		lie = orientation.Horizontal
	}
	cfg := config.NewBuilder().WithPageSize(pagesize.A4).WithOrientation(lie).WithMaxGridSize(max(p.units, 1)).
		WithLeftMargin(marginMM).WithRightMargin(marginMM).WithTopMargin(marginMM).
		WithCustomFonts(fonts).WithDefaultFont(&props.Font{Family: family, Size: sizeText}).
		WithPageNumber(props.PageNumber{Pattern: "Page {current} of {total}", Place: props.RightBottom, Family: family, Size: sizeText}).
		WithTitle(h.Title, true).WithCreator("Back Office System", true).WithCompression(true).Build()
	p.out = maroto.New(cfg)
	if err := p.out.RegisterHeader(p.header()...); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return p, nil
}

// header is what stands on every page: a page that is taken out of the pile still says what it is of.
func (p *paper) header() []core.Row {
	facts := make([]string, len(p.head.Facts))
	for i, f := range p.head.Facts {
		facts[i] = f.Name + ": " + f.Value
	}
	whole := max(p.units, 1)
	rows := []core.Row{
		row.New(heightTitle).Add(col.New(whole).Add(text.New(p.head.Title, props.Text{Size: sizeTitle, Style: fontstyle.Bold}))),
		row.New(heightHeading).Add(col.New(whole).Add(text.New(strings.Join(facts, "    "), props.Text{Size: sizeText}))),
	}
	titles := make([]core.Col, 0, len(p.columns))
	for _, i := range p.columns {
		c := p.head.Columns[i]
		titles = append(titles, p.cell(c, c.Title, true).WithStyle(&props.Cell{BorderType: border.Bottom}))
	}
	return append(rows, row.New(heightHeading).Add(titles...))
}

func (p *paper) row(r sheet.Row) core.Row {
	cells := make([]core.Col, 0, len(p.columns))
	for _, i := range p.columns {
		c := p.cell(p.head.Columns[i], r.Cells[i], r.Role != sheet.Data)
		if r.Role != sheet.Data {
			c = c.WithStyle(&props.Cell{BorderType: border.Top})
		}
		cells = append(cells, c)
	}
	return row.New(heightRow).Add(cells...)
}

// cell sets one text on one line: what does not fit is cut, with a sign that it was. Amounts are never cut, since a column is
// as wide as the largest of them.
func (p *paper) cell(c sheet.Column, value string, bold bool) core.Col {
	prop := props.Text{Size: sizeText, Align: align.Left, BreakLineStrategy: breakline.DashStrategy}
	if bold {
		prop.Style = fontstyle.Bold
	}
	switch c.Kind {
	case sheet.Amount:
		prop.Align, prop.Right, value = align.Right, 1, grouped(value)
	case sheet.Text, sheet.Date, sheet.Count, sheet.Flag:
		value = fitted(value, c.Width+cellCharsMargin)
	}
	return col.New(c.Width).Add(text.New(value, prop))
}

func fitted(value string, chars int) string {
	runes := []rune(value)
	if len(runes) <= chars {
		return value
	}
	return string(runes[:chars-1]) + "…"
}

// grouped puts commas between thousands, as amounts are read on paper.
func grouped(amount string) string {
	sign := ""
	if strings.HasPrefix(amount, "-") {
		sign, amount = "-", amount[1:]
	}
	whole, places, point := strings.Cut(amount, ".")
	var b strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if point {
		b.WriteString("." + places)
	}
	return sign + b.String()
}
