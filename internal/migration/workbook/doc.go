// Package workbook reads the worksheets of Office Open XML workbooks (.xlsx) as rows of text, by the standard library alone.
//
// It reads what a stranger sent, so everything is bounded: what is unpacked, the longest token, the shared strings, the parts.
// A worksheet goes by row for row, and only the shared strings are held. Every cell becomes the text that a careful person
// would have put into a CSV file: exact decimals, dates in the form that the caller asks for, formulas by their last result.
// The library that writes our workbooks tells dates from numbers only when it holds a whole worksheet in memory, which is why
// it does not read them (docs/adr/0020).
package workbook

import "errors"

// What can be wrong with a file as a whole.
var (
	// ErrOld says that the file is a workbook of the binary form before 2007 (.xls).
	ErrOld = errors.New("workbook: an .xls file")
	// ErrEncrypted says that the file cannot be read without a password.
	ErrEncrypted = errors.New("workbook: an encrypted file")
	// ErrMacros says that the workbook may hold macros (.xlsm, .xltm).
	ErrMacros = errors.New("workbook: a file with macros")
	// ErrOther says that the file is a spreadsheet of another form: OpenDocument (.ods) or binary (.xlsb).
	ErrOther = errors.New("workbook: a spreadsheet of another form")
	// ErrForeign says that the file is an archive or a document, and no spreadsheet that we know.
	ErrForeign = errors.New("workbook: no spreadsheet")
	// ErrBroken says that the file begins as a workbook and cannot be read as one.
	ErrBroken = errors.New("workbook: the file is broken")
	// ErrLarge says that the file holds more, unpacked, than is read.
	ErrLarge = errors.New("workbook: too much is packed into the file")
	// ErrNoSheet says that there is no worksheet of the name, or none at all.
	ErrNoSheet = errors.New("workbook: no such worksheet")
)

const (
	// UnpackedBytesMax is how much of a file's parts is unpacked in all, whatever they claim to be: about 500,000 rows of ten cells.
	UnpackedBytesMax = 256 << 20
	// tokenBytesMax bounds a piece of text between two tags, and a tag; a cell holds 32,767 characters at most.
	tokenBytesMax = 1 << 20
	// stringBytesMax and stringsMax bound the shared strings, which are all that is held of a workbook while its rows go by.
	stringBytesMax = 64 << 20
	stringsMax     = 2_000_000
	// rowBytesMax bounds the texts of one row, which could share a long one ten thousand times.
	rowBytesMax = 4 << 20
	// partsMax bounds the files in the archive.
	partsMax = 10_000
	// stylesMax bounds the looks of cells; the format itself ends at 65,490.
	stylesMax = 70_000
	// sheetsMax bounds the worksheets.
	sheetsMax = 1_000
	// rowsMax and columnsMax are where the format ends.
	rowsMax    = 1_048_576
	columnsMax = 16_384
)
