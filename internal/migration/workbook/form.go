package workbook

import (
	"bytes"
	"strings"
)

var (
	zipSigns = [][]byte{[]byte("PK\x03\x04"), []byte("PK\x05\x06"), []byte("PK\x07\x08")}
	// compoundSign begins the files of Office before 2007, and those that a password locks.
	compoundSign = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	// lockedName is the stream of a compound file that holds a locked package; names in it are UTF-16.
	lockedName = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	// foreignSigns begin other files that people take for tables.
	foreignSigns = [][]byte{[]byte("%PDF-"), []byte("\x1f\x8b"), []byte("Rar!"), []byte("7z\xbc\xaf"), []byte("\x89PNG"), []byte("{\\rtf")}
)

// Refuse tells by a file's first bytes what it is, if it is no text: nil for text and for an archive, which may be a workbook.
func Refuse(raw []byte) error {
	if bytes.HasPrefix(raw, compoundSign) {
		if bytes.Contains(raw, lockedName) {
			return ErrEncrypted
		}
		return ErrOld
	}
	for _, sign := range foreignSigns {
		if bytes.HasPrefix(raw, sign) {
			return ErrForeign
		}
	}
	return nil
}

// Is tells by its first bytes whether a file is an archive, as every workbook is and no table in text.
func Is(raw []byte) bool {
	for _, sign := range zipSigns {
		if bytes.HasPrefix(raw, sign) {
			return true
		}
	}
	return false
}

// The types that the parts of a package are declared as, by what tells them apart.
const (
	typeMain   = "spreadsheetml.sheet.main+xml"
	typeBinary = "sheet.binary"
	typeMacro  = "macroenabled"
)

// refuseType tells from the declared types of all parts whether the package is a workbook that we read.
func refuseType(types []string) error {
	is := func(part string) bool {
		for _, t := range types {
			if strings.Contains(strings.ToLower(t), part) {
				return true
			}
		}
		return false
	}
	switch {
	case is(typeBinary): // is declared as one with macros, too
		return ErrOther
	case is(typeMacro):
		return ErrMacros
	case is(typeMain):
		return nil
	}
	return ErrForeign
}
