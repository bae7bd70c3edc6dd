package migration

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"backoffice/internal/fault"
	"backoffice/internal/files"
	"backoffice/internal/migration/workbook"
	"backoffice/internal/op"
)

const (
	// takeMax is how long the longest step may take: turning the largest workbook into rows on a fraction of a processor.
	takeMax = 5 * time.Minute
	// stageMemoryMB holds a file, its rows as they are read, and what is planned of them; or a workbook, its shared texts, and the
	// rows that come of it. Nothing is put on the machine's disk.
	stageMemoryMB = 1024
	// worksheetsKept and worksheetCharsMax bound the names of worksheets that an import tells; the format ends a name at 31.
	worksheetsKept    = 50
	worksheetCharsMax = 31
	// takenHashChars tells two takings of one upload apart.
	takenHashChars = 16
)

// waits tells whether the upload has still to be taken in.
func (f FileRef) waits() bool { return f.Key != "" && f.SHA256 == "" }

// takeIn keeps what was uploaded as it is at this moment, in the form in which every further step and the error file read it:
// whatever is sent to the upload address later belongs to the next validation. A workbook becomes the rows of its worksheet,
// once. The copy's name holds its hash, so that a step done twice changes nothing that was committed.
func (d Ports) takeIn(ctx context.Context, c *op.Call, i Import) (Import, error) {
	raw, err := d.readUpload(ctx, i.File.Key)
	if err != nil {
		return i, err
	}
	m, err := d.Imports.Mapping(ctx, c.Tenant, i.ID)
	if err != nil {
		return i, err
	}
	if err := asRule(workbook.Refuse(raw)); err != nil {
		return i, err
	}
	switch {
	case workbook.Is(raw):
		i.File.Sheet = true
		if raw, err = i.unfold(raw, m); err != nil {
			return i, err
		}
	case i.Worksheet != "":
		return i, RuleWorksheet.At("/worksheet")
	default:
		raw = fromUTF16(raw)
	}
	if len(raw) > fileBytesMax { // larger than what was sent
		return i, RuleFileLarge.Err()
	}
	sum := sha256.Sum256(raw)
	i.File.SHA256 = hex.EncodeToString(sum[:])
	i.File.Taken = files.Key(files.Uploads, c.Tenant, "imports", i.ID, "taken-"+i.File.SHA256[:takenHashChars]+".csv")
	if err := d.Files.Put(ctx, i.File.Taken, bytes.NewReader(raw), int64(len(raw))); err != nil {
		return i, fmt.Errorf("rows of import %s: %w", i.ID, err)
	}
	return i, nil
}

// unfold gives the rows of a workbook's worksheet as CSV, each with its number in the worksheet before it. The import learns
// which worksheets there are, for whoever has to choose another.
func (i *Import) unfold(raw []byte, m MappingFields) ([]byte, error) {
	b, err := workbook.Open(raw)
	if err != nil {
		return nil, asRule(err)
	}
	for _, name := range b.Sheets()[:min(worksheetsKept, len(b.Sheets()))] {
		if runes := []rune(name); len(runes) > worksheetCharsMax {
			name = string(runes[:worksheetCharsMax])
		}
		i.Worksheets = append(i.Worksheets, name)
	}
	name := i.Worksheet
	if name == "" {
		name = m.Worksheet
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	rows := 0
	err = b.Rows(name, layouts[m.DateFormat], func(r workbook.Row) error {
		if rows++; rows > rowsMax+1 || out.Len() > fileBytesMax { // one of them is the heading
			return RuleFileLarge.Err()
		}
		return w.Write(append([]string{strconv.Itoa(r.N)}, r.Cells...))
	})
	if errors.Is(err, workbook.ErrNoSheet) {
		return nil, RuleWorksheet.At("/worksheet")
	}
	if err != nil {
		return nil, asRule(err)
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// asRule says by which rule a file is refused; other errors stay as they are.
func asRule(err error) error {
	for _, known := range []struct {
		err  error
		rule fault.Rule
	}{{workbook.ErrLarge, RuleFilePacked}, {workbook.ErrOld, RuleFileOld}, {workbook.ErrEncrypted, RuleFileLocked}, {workbook.ErrMacros, RuleFileMacros},
		{workbook.ErrOther, RuleFileOther}, {workbook.ErrForeign, RuleFileForeign}, {workbook.ErrNoSheet, RuleFileBroken}, {workbook.ErrBroken, RuleFileBroken}} {
		if errors.Is(err, known.err) {
			refusal := known.rule.Err()
			refusal.Cause = err
			return refusal
		}
	}
	return err
}

// fromUTF16 turns a text in UTF-16, as spreadsheets save "Unicode text", into UTF-8. It is known by its mark, or by the nought
// beside its first letter.
func fromUTF16(raw []byte) []byte {
	low, begin := 0, 2
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		low = 1
	case len(raw) > 1 && raw[0] != 0 && raw[1] == 0:
		begin = 0
	case len(raw) > 1 && raw[0] == 0 && raw[1] != 0:
		low, begin = 1, 0
	default:
		return raw
	}
	out := make([]byte, 0, len(raw))
	for n := begin; n+1 < len(raw); n += 2 {
		c := rune(raw[n+low]) | rune(raw[n+1-low])<<8
		if utf16.IsSurrogate(c) && n+3 < len(raw) {
			if pair := utf16.DecodeRune(c, rune(raw[n+2+low])|rune(raw[n+3-low])<<8); pair != utf8.RuneError {
				c = pair
				n += 2
			}
		}
		out = utf8.AppendRune(out, c)
	}
	return out
}
