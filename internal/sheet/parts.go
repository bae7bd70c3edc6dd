package sheet

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// WritePart writes rows in the form in which they wait for the rest of their table.
func WritePart(w io.Writer, rows []Row) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, r := range rows {
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("sheet: part: %w", err)
		}
	}
	return nil
}

// ReadPart gives a part's rows one after the other, until yield wants no more. It tells whether it does.
func ReadPart(r io.Reader, yield func(Row, error) bool) bool {
	dec := json.NewDecoder(r)
	for {
		var row Row
		err := dec.Decode(&row)
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			yield(Row{}, fmt.Errorf("sheet: part: %w", err))
			return false
		}
		if !yield(row, nil) {
			return false
		}
	}
}
