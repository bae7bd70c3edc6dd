package verify

import (
	"errors"
	"fmt"
	"io"
)

// ErrDefects is a data set that does not hold what it must.
var ErrDefects = errors.New("the books are not in order")

// defectsShown is how many defects are printed; the rest is counted.
const defectsShown = 20

// Tell prints the defects, the first one first, and gives them as an error; or it prints that there are none.
func Tell(w io.Writer, defects []Defect, fine string) error {
	if len(defects) == 0 {
		_, err := fmt.Fprintln(w, fine)
		return err
	}
	for _, d := range defects[:min(len(defects), defectsShown)] {
		_, _ = fmt.Fprintln(w, "DEFECT", d)
	}
	return fmt.Errorf("%w: %d defects, the first: %s", ErrDefects, len(defects), defects[0])
}

// String counts what was looked at.
func (r Report) String() string {
	return fmt.Sprintf("%d tenants, %d entities, %d journals with %d lines, %d balances, %d acts, %d items", r.Tenants, r.Entities, r.Journals, r.Lines, r.Balances,
		r.Acts, r.Items)
}
