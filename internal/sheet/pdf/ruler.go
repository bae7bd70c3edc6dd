package pdf

import (
	"fmt"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// mmPerPoint turns a font's points into millimetres.
const mmPerPoint = 25.4 / 72

// ruler measures texts in a font. The library breaks what is too wide into lines that lie over the next row, so every text is
// measured first.
type ruler struct {
	font   *sfnt.Font
	buffer sfnt.Buffer
	widths map[rune]float64 // in parts of the font's size
}

func newRuler(ttf []byte) (*ruler, error) {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("pdf: font: %w", err)
	}
	return &ruler{font: f, widths: map[rune]float64{}}, nil
}

// width gives a text's width in millimetres at a size in points.
func (r *ruler) width(text string, size float64) float64 {
	ems := 0.0
	for _, c := range text {
		ems += r.rune(c)
	}
	return ems * size * mmPerPoint
}

// rune gives the width of one letter. One that the font lacks is set as an empty box, which is as wide as any.
func (r *ruler) rune(c rune) float64 {
	if w, known := r.widths[c]; known {
		return w
	}
	w := 1.0
	em := fixed.I(int(r.font.UnitsPerEm()))
	if glyph, err := r.font.GlyphIndex(&r.buffer, c); err == nil && glyph != 0 {
		if advance, err := r.font.GlyphAdvance(&r.buffer, glyph, em, font.HintingNone); err == nil {
			w = float64(advance) / float64(em)
		}
	}
	r.widths[c] = w
	return w
}

// fitted cuts a text to a width, with a sign that it was cut.
func (r *ruler) fitted(text string, size, wide float64) string {
	if r.width(text, size) <= wide {
		return text
	}
	left := wide - r.width("…", size)
	for i, c := range text {
		if left -= r.rune(c) * size * mmPerPoint; left < 0 {
			return text[:i] + "…"
		}
	}
	return text
}
