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
	family        = "go"
	sizeText      = 7
	sizeTitle     = 13
	heightRow     = 4.5
	heightHeading = 6
	heightTitle   = 8
	marginMM      = 12
	portraitMM    = 210 - 2*marginMM // what A4 leaves between the margins
	landscapeMM   = 297 - 2*marginMM
	portraitWidth = 95 // in characters; a wider table lies on its side
	gapMM         = 1.5
	factsGap      = "    "
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
	units   int     // the columns' widths together
	wide    float64 // millimetres that they have
	ruler   *ruler
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
	if p.ruler, err = newRuler(gobold.TTF); err != nil { // the wider one: what fits in bold fits
		return nil, err
	}
	lie := orientation.Vertical
	p.wide = portraitMM
	if p.units > portraitWidth {
		lie, p.wide = orientation.Horizontal, landscapeMM
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
	whole := max(p.units, 1)
	title := p.ruler.fitted(p.head.Title, sizeTitle, p.wide)
	rows := []core.Row{row.New(heightTitle).Add(col.New(whole).Add(text.New(title, props.Text{Size: sizeTitle, Style: fontstyle.Bold})))}
	for _, line := range p.facts() {
		rows = append(rows, row.New(heightRow).Add(col.New(whole).Add(text.New(line, props.Text{Size: sizeText}))))
	}
	titles := make([]core.Col, 0, len(p.columns))
	for _, i := range p.columns {
		c := p.head.Columns[i]
		titles = append(titles, p.cell(c, c.Title, true).WithStyle(&props.Cell{BorderType: border.Bottom}))
	}
	return append(rows, row.New(heightHeading).Add(titles...))
}

// facts sets as many facts beside one another as a line takes.
func (p *paper) facts() []string {
	var lines []string
	for _, f := range p.head.Facts {
		fact := p.ruler.fitted(f.Name+": "+f.Value, sizeText, p.wide)
		if n := len(lines); n > 0 && p.ruler.width(lines[n-1]+factsGap+fact, sizeText) <= p.wide {
			lines[n-1] += factsGap + fact
			continue
		}
		lines = append(lines, fact)
	}
	return lines
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

// cell sets one text on one line. A text that does not fit is cut, with a sign that it was; an amount is set smaller and never
// cut, since half a number is another number.
func (p *paper) cell(c sheet.Column, value string, bold bool) core.Col {
	prop := props.Text{Size: sizeText, Align: align.Left, BreakLineStrategy: breakline.DashStrategy}
	if bold {
		prop.Style = fontstyle.Bold
	}
	wide := p.wide*float64(c.Width)/float64(p.units) - gapMM
	switch c.Kind {
	case sheet.Amount:
		prop.Align, prop.Right, value = align.Right, 1, grouped(value)
		if needed := p.ruler.width(value, sizeText); needed > wide-prop.Right {
			prop.Size *= (wide - prop.Right) / needed
		}
	case sheet.Text, sheet.Date, sheet.Count, sheet.Flag:
		value = p.ruler.fitted(value, sizeText, wide)
	}
	return col.New(c.Width).Add(text.New(value, prop))
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
