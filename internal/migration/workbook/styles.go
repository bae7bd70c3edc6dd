package workbook

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// format is what a number with a look means.
type format int

const (
	number format = iota
	date          // with or without a time
	clock         // a time alone
)

// builtIn are the formats that have numbers and no text, of all languages.
func builtIn(id int) format {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return date
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return clock
	}
	return number // 46 is a length of time
}

// readStyles learns what the numbers of each style mean.
func (b *Book) readStyles() error {
	part := b.targets[relStyles]
	if part == "" || b.formats != nil {
		return nil
	}
	own := map[int]format{}
	return b.each(part, func(s *scanner, e element) error {
		if e.name == "numFmt" {
			if id, err := strconv.Atoi(e.attr("numFmtId")); err == nil && len(own) < stylesMax {
				own[id] = formatOf(e.attr("formatCode"))
			}
			return nil
		}
		return b.readLooks(s, own)
	}, "numFmt", "cellXfs")
}

// readLooks reads the looks that cells refer to by their places.
func (b *Book) readLooks(s *scanner, own map[int]format) error {
	for {
		t, err := s.next()
		if err != nil {
			return unexpected(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "xf" {
				continue
			}
			id, err := strconv.Atoi(element{attrs: t.Attr}.attr("numFmtId"))
			if err != nil {
				id = 0
			}
			f, known := own[id]
			if !known {
				f = builtIn(id)
			}
			if b.formats = append(b.formats, f); len(b.formats) > stylesMax {
				return ErrLarge
			}
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				return nil
			}
		}
	}
}

// formatOf tells from the text of a format what its numbers mean: by the letters for years, months, days, hours and seconds
// that stand in its first section outside of quotes, escapes and brackets.
func formatOf(code string) format {
	letters, elapsed := significant(code)
	switch {
	case elapsed, strings.EqualFold(letters, "general"):
		return number
	case strings.ContainsAny(letters, "ydYD"):
		return date
	case strings.ContainsAny(letters, "hsHS"): // before the noughts that stand for parts of a second
		return clock
	case strings.ContainsAny(letters, "mM") && !strings.ContainsAny(letters, "0#?"):
		return date
	}
	return number
}

// significant gives the characters of a format that stand for something, and whether it counts hours, minutes or seconds on
// beyond a day.
func significant(code string) (letters string, elapsed bool) {
	var out strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return out.String(), elapsed
		case '\\', '_', '*':
			i++
		case '"':
			if end := strings.IndexByte(code[i+1:], '"'); end >= 0 {
				i += end + 1
			}
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return out.String(), elapsed
			}
			inside := strings.ToLower(code[i+1 : i+end])
			elapsed = elapsed || inside != "" && (strings.Trim(inside, "h") == "" || strings.Trim(inside, "m") == "" || strings.Trim(inside, "s") == "")
			i += end
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), elapsed
}

// readStrings reads the texts that cells share.
func (b *Book) readStrings() error {
	part := b.targets[relStrings]
	if part == "" || b.strings != nil {
		return nil
	}
	bytes := 0
	return b.each(part, func(s *scanner, _ element) error {
		text, err := s.richText("si")
		if err != nil {
			return err
		}
		bytes += len(text)
		if b.strings = append(b.strings, text); bytes > stringBytesMax || len(b.strings) > stringsMax {
			return ErrLarge
		}
		return nil
	}, "si")
}
