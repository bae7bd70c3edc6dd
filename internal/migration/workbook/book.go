package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// Book is an open workbook.
type Book struct {
	parts   map[string]*zip.File
	left    int64 // bytes that may still be unpacked
	sheets  []named
	visible int // place of the first worksheet that is not hidden
	epoch   int // days that the workbook's own calendar begins after the usual one
	targets map[string]string
	strings []string
	formats []format // by style
}

// named is a worksheet and the part that holds it.
type named struct{ name, part string }

// The names and ends of names by which parts are found, as the format fixes them.
const (
	typesPart   = "[Content_Types].xml"
	rootRels    = "_rels/.rels"
	relDocument = "/officeDocument"
	relSheet    = "/worksheet"
	relStrings  = "/sharedStrings"
	relStyles   = "/styles"
	mimePart    = "mimetype" // of an OpenDocument file
)

// Open reads what a workbook says about itself. The content stays as it is and must not change while the book is in use.
func Open(raw []byte) (*Book, error) {
	if bytes.Count(raw, []byte("PK\x01\x02")) > partsMax { // before the archive's reader makes something of each
		return nil, ErrLarge
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is ever unpacked to a path
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	b := &Book{parts: make(map[string]*zip.File, len(z.File)), left: UnpackedBytesMax}
	for _, f := range z.File {
		name := partName(f.Name)
		if b.parts[name] != nil {
			return nil, fmt.Errorf("%w: a part is there twice", ErrBroken)
		}
		b.parts[name] = f
	}
	if err := b.recognise(); err != nil {
		return nil, err
	}
	return b, b.readBook()
}

// partName is what a part is found by: names differ in more than capitals, and some writers use the other stroke.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

// recognise refuses an archive that is no workbook of ours, saying what it is.
func (b *Book) recognise() error {
	if f := b.parts[mimePart]; f != nil && f.UncompressedSize64 < 1<<10 {
		text, err := b.text(mimePart)
		if err != nil {
			return err
		}
		if strings.Contains(text, "opendocument") {
			return ErrOther
		}
	}
	if b.parts[partName(typesPart)] == nil {
		return ErrForeign
	}
	var types []string
	err := b.each(typesPart, func(s *scanner, e element) error {
		types = append(types, e.attr("ContentType"))
		return nil
	}, "Default", "Override")
	if err != nil {
		return err
	}
	return refuseType(types)
}

// readBook reads the list of worksheets, and where the other parts are.
func (b *Book) readBook() error {
	root, err := b.relations(rootRels, "")
	if err != nil {
		return err
	}
	main := root.byType[relDocument]
	if main == "" {
		return fmt.Errorf("%w: no part is the workbook", ErrBroken)
	}
	dir, file := path.Split(main)
	rels, err := b.relations(dir+"_rels/"+file+".rels", dir)
	if err != nil {
		return err
	}
	b.targets, b.visible = rels.byType, -1
	err = b.each(main, func(_ *scanner, e element) error {
		if e.name == "workbookPr" {
			if flag := e.attr("date1904"); flag == "1" || strings.EqualFold(flag, "true") {
				b.epoch = days1904
			}
			return nil
		}
		if part := rels.sheets[e.attr("id")]; part != "" { // charts and macro sheets have no rows
			if b.visible < 0 && !strings.Contains(strings.ToLower(e.attr("state")), "hidden") {
				b.visible = len(b.sheets)
			}
			b.sheets = append(b.sheets, named{e.attr("name"), part})
		}
		if len(b.sheets) > sheetsMax {
			return ErrLarge
		}
		return nil
	}, "workbookPr", "sheet")
	if err == nil && len(b.sheets) == 0 {
		err = ErrNoSheet
	}
	return err
}

// relations is where the parts are that a part refers to.
type relations struct {
	byType map[string]string // by the end of the relation's type
	sheets map[string]string // worksheets by the relation's id
}

func (b *Book) relations(part, dir string) (relations, error) {
	r := relations{map[string]string{}, map[string]string{}}
	if b.parts[partName(part)] == nil {
		return r, fmt.Errorf("%w: a list of parts is missing", ErrBroken)
	}
	err := b.each(part, func(_ *scanner, e element) error {
		target, kind := strings.ReplaceAll(e.attr("Target"), `\`, "/"), e.attr("Type")
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		target = strings.TrimPrefix(path.Clean(target), "/")
		for _, known := range []string{relDocument, relStrings, relStyles} {
			if strings.HasSuffix(kind, known) {
				r.byType[known] = target
			}
		}
		if strings.HasSuffix(kind, relSheet) {
			r.sheets[e.attr("Id")] = target
		}
		return nil
	}, "Relationship")
	return r, err
}

// Sheets lists the worksheets in the workbook's order, hidden ones among them.
func (b *Book) Sheets() []string {
	out := make([]string, len(b.sheets))
	for i, s := range b.sheets {
		out[i] = s.name
	}
	return out
}

// sheet finds a worksheet by name, as spreadsheets do without regard to capitals; the first that is not hidden has no need of
// one.
func (b *Book) sheet(name string) (named, error) {
	if name == "" {
		return b.sheets[max(b.visible, 0)], nil
	}
	for _, s := range b.sheets {
		if strings.EqualFold(strings.TrimSpace(s.name), strings.TrimSpace(name)) {
			return s, nil
		}
	}
	return named{}, ErrNoSheet
}

// open unpacks a part, as far as all parts together may be.
func (b *Book) open(part string) (io.ReadCloser, error) {
	f := b.parts[partName(part)]
	if f == nil {
		return nil, fmt.Errorf("%w: a part is missing", ErrBroken)
	}
	if f.Flags&1 != 0 {
		return nil, ErrEncrypted
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return &metered{r, b}, nil
}

// metered counts what is unpacked, and ends it where too much is.
type metered struct {
	io.ReadCloser
	book *Book
}

// Read unpacks some more.
func (m *metered) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	if m.book.left -= int64(n); m.book.left < 0 {
		return 0, ErrLarge
	}
	return n, err
}

func (b *Book) text(part string) (string, error) {
	r, err := b.open(part)
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(io.LimitReader(r, tokenBytesMax))
	if err = errors.Join(err, r.Close()); err != nil || !utf8.Valid(raw) {
		return "", ErrBroken
	}
	return string(raw), nil
}
