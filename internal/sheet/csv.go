package sheet

import (
	"encoding/csv"
	"io"

	"backoffice/internal/op"
)

// WriteCSV writes RFC 4180 with a heading, in the form in which a report answers as CSV: whoever asks for the report page by
// page and whoever exports it get the same lines.
func WriteCSV(w io.Writer, h Head, rows Rows) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	heading := make([]string, len(h.Columns))
	for i, c := range h.Columns {
		heading[i] = c.Name
	}
	if err := out.Write(heading); err != nil {
		return err
	}
	safe := make([]string, len(h.Columns))
	err := Each(h, rows, func(r Row) error {
		for i, cell := range r.Cells {
			safe[i] = op.SafeCell(cell)
		}
		return out.Write(safe)
	}, Data, Sum)
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}
