package workbook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// scanner goes through the tags and texts of a part. It keeps no stack, so that no depth of tags costs memory, and it knows
// elements by their names without the name space, since two dialects of the format use different ones.
type scanner struct {
	dec   *xml.Decoder
	since int // bytes since the last token
	in    io.Reader
}

func newScanner(in io.Reader) *scanner {
	s := &scanner{in: in}
	s.dec = xml.NewDecoder(s)
	return s
}

// Read feeds the decoder, and ends a token that would fill the memory.
func (s *scanner) Read(p []byte) (int, error) {
	if s.since > tokenBytesMax {
		return 0, ErrLarge
	}
	n, err := s.in.Read(p)
	s.since += n
	return n, err
}

// next gives the next token; io.EOF after the last.
func (s *scanner) next() (xml.Token, error) {
	s.since = 0
	t, err := s.dec.RawToken()
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, ErrLarge):
		return t, err
	}
	return t, fmt.Errorf("%w: %w", ErrBroken, err)
}

// element is the tag that begins an element.
type element struct {
	name  string
	attrs []xml.Attr
}

// attr gives the value of an attribute, "" where there is none.
func (e element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

// each visits the elements of some names in a part, one after the other.
func (b *Book) each(part string, visit func(*scanner, element) error, names ...string) (err error) {
	r, err := b.open(part)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	s := newScanner(r)
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := t.(xml.StartElement); ok && slices.Contains(names, start.Name.Local) {
			if err := visit(s, element{start.Name.Local, start.Attr}); err != nil {
				return err
			}
		}
	}
}

// richText gathers the text of a string: its runs one after the other, without the readings that some scripts write above.
// The element that ends it has been begun.
func (s *scanner) richText(end string) (string, error) {
	var out strings.Builder
	reading, inText := 0, false
	for {
		t, err := s.next()
		if err != nil {
			return "", unexpected(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "rPh":
				reading++
			case "t":
				inText = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case end:
				return unescape(out.String()), nil
			case "rPh":
				reading--
			case "t":
				inText = false
			}
		case xml.CharData:
			if inText && reading == 0 {
				out.Write(t)
			}
			if out.Len() > tokenBytesMax {
				return "", ErrLarge
			}
		}
	}
}

// unexpected turns an end of the part in the middle of something into what it is.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: a part ends early", ErrBroken)
	}
	return err
}

// unescape resolves the form in which characters stand that XML has no place for: _x000D_ for a carriage return. Line breaks
// come out as one character, as in a CSV file that is read.
func unescape(text string) string {
	if strings.Contains(text, "_x") {
		var out strings.Builder
		for i := 0; i < len(text); {
			if c, ok := escaped(text[i:]); ok {
				out.WriteRune(c)
				i += len("_x0000_")
				continue
			}
			out.WriteByte(text[i])
			i++
		}
		text = out.String()
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

func escaped(text string) (rune, bool) {
	if len(text) < len("_x0000_") || text[:2] != "_x" || text[6] != '_' {
		return 0, false
	}
	c := rune(0)
	for _, digit := range text[2:6] {
		n := strings.IndexRune("0123456789abcdef", digit|0x20)
		if n < 0 {
			return 0, false
		}
		c = c<<4 | rune(n)
	}
	return c, true
}
