package finance

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"backoffice/internal/files"
	"backoffice/internal/op"
)

var errClosing = errors.New("closing")

// unclosable is a store of files that can be read, and whose readers fail when they are closed.
type unclosable struct{ files.Store }

func (unclosable) Open(context.Context, string) (io.ReadCloser, int64, error) {
	return struct {
		io.Reader
		io.Closer
	}{strings.NewReader("{\"c\":[\"1\"]}\n{\"c\":[\"2\"]}\n"), unclosable{}}, 0, nil
}

func (unclosable) Close() error { return errClosing }

// A part that cannot be closed is an error for whoever reads on, and none for who has stopped: the rows end where they are left.
func TestRowsOfPartsEndWhereTheyAreLeft(t *testing.T) {
	s := &exporting{Ports: Ports{Files: unclosable{}}, call: &op.Call{Identity: op.Identity{Tenant: "ten_1"}}, now: Export{ID: "exp_1", Work: ExportWork{Parts: []string{"part"}}}}
	for row, err := range s.rows(t.Context()) {
		if err != nil || row.Cells[0] != "1" {
			t.Errorf("%v, %v", row, err)
		}
		break
	}
	var seen []string
	var failed error
	for row, err := range s.rows(t.Context()) {
		if failed = err; err == nil {
			seen = append(seen, row.Cells[0])
		}
	}
	if strings.Join(seen, " ") != "1 2" || !errors.Is(failed, errClosing) {
		t.Errorf("%v, then %v", seen, failed)
	}
}
