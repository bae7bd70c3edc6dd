package migration

import (
	"context"
	"strings"

	"backoffice/internal/fault"
	"backoffice/internal/files"
	"backoffice/internal/op"
)

// errorFileBytesMax is how much of the rejected rows one error file holds; the rest is told by complete.
const errorFileBytesMax = 4 << 20

// GetErrorFile gives the rejected rows as they came, with two columns added: the rules' codes, and what they say.
var GetErrorFile = op.Op[Ports, ImportRef, ErrorFile]{
	Spec: op.Spec{
		ID: "migration.get-error-file", Kind: op.Query, Route: "GET /migration/v1/imports/{importId}/error-file", Permission: "imports.read",
		Summary: "Error file of an import",
		Description: "With format=csv the rejected rows as they stand in the file, and two columns more: code and message; it is CSV for a workbook, too, with dates as the mapping writes them. Mended and without the two columns it can be imported " +
			"as a file of its own. It holds up to 4 MB; complete says whether that is all.",
		Access:   []op.Access{{Table: Table, Do: op.Get | op.List}},
		Files:    []op.FileAccess{{Folder: files.Uploads, Do: op.FileRead}},
		Example:  op.Example{Given: []string{"migration.stage-rows"}, Path: "importId=${migration.create-import.id}"},
		MemoryMB: 1024,
	},
	Handle: getErrorFile,
}

// ErrorFile is the rejected rows as they came.
type ErrorFile struct {
	Import   string     `json:"import"`
	Complete bool       `json:"complete" doc:"Whether every rejected row is in it"`
	Heading  []string   `json:"heading"`
	Rows     [][]string `json:"rows"`
}

// Table gives the file.
func (f ErrorFile) Table() ([]string, [][]string) { return f.Heading, f.Rows }

func getErrorFile(ctx context.Context, c *op.Call, d Ports, in ImportRef) (ErrorFile, error) {
	i, err := d.current(ctx, c, in)
	if err != nil {
		return ErrorFile{}, err
	}
	if i.ClearedAt != nil {
		return ErrorFile{}, RuleImportCleared.Err()
	}
	if i.File.SHA256 == "" { // nothing was read yet
		return ErrorFile{}, RuleImportState.Err()
	}
	raw, sum, err := d.read(ctx, c.Tenant, i)
	if err != nil {
		return ErrorFile{}, err
	}
	if sum != i.File.SHA256 {
		return ErrorFile{}, RuleFileChanged.Err()
	}
	s, err := readSheet(raw, i.File.Sheet)
	if err != nil {
		return ErrorFile{}, err
	}
	refused, err := d.refusedRows(ctx, c, i)
	if err != nil {
		return ErrorFile{}, err
	}
	out := ErrorFile{Import: i.ID, Heading: append(s.heading, "code", "message"), Rows: [][]string{}}
	size := 0
	for _, row := range s.rows {
		faults := refused[row.n]
		if len(faults) == 0 {
			continue
		}
		line := errorLine(row.cells, len(s.heading), faults)
		for _, cell := range line {
			size += len(cell)
		}
		if size > errorFileBytesMax {
			return out, nil
		}
		out.Rows = append(out.Rows, line)
	}
	out.Complete = true
	return out, nil
}

// errorLine is a row as it came, brought to the heading's width where it is shorter, with codes and messages at its end.
func errorLine(cells []string, width int, faults []fault.Field) []string {
	line := append([]string(nil), cells...)
	for len(line) < width {
		line = append(line, "")
	}
	codes, messages := make([]string, len(faults)), make([]string, len(faults))
	for n, f := range faults {
		codes[n], messages[n] = f.Code, f.Message
	}
	return append(line, strings.Join(codes, " "), strings.Join(messages, " "))
}
