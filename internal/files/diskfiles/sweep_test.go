package diskfiles_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"backoffice/internal/files"
)

func (b *bench) keep(folder, name string) string {
	b.t.Helper()
	key := files.Key(folder, "ten_1", name, "file.csv")
	if err := b.Put(b.t.Context(), key, strings.NewReader("abc"), 3); err != nil {
		b.t.Fatal(err)
	}
	return key
}

func (b *bench) left() []string {
	b.t.Helper()
	var out []string
	for _, folder := range files.Folders() {
		found, err := filepath.Glob(filepath.Join(b.dir, folder, "ten_1", "*"))
		if err != nil {
			b.t.Fatal(err)
		}
		for _, f := range found {
			out = append(out, filepath.Base(f))
		}
	}
	return out
}

// Each folder's files go when its days are over, by the clock under which they were written, and their own folders with them.
func TestSweep(t *testing.T) {
	b := open(t)
	if n, err := b.Sweep(t.Context(), b.now); n != 0 || err != nil {
		t.Fatalf("an empty store: %d, %v", n, err)
	}
	b.keep(files.Exports, "old-export")
	b.keep(files.Uploads, "old-upload")
	b.now = begin.AddDate(0, 0, files.ExportDays)
	b.keep(files.Exports, "new-export")
	for _, c := range []struct {
		at   time.Time
		gone int
		left []string
	}{
		{begin.AddDate(0, 0, files.ExportDays), 0, []string{"old-upload", "new-export", "old-export"}},
		{begin.AddDate(0, 0, files.ExportDays).Add(time.Second), 1, []string{"old-upload", "new-export"}},
		{begin.AddDate(0, 0, 2*files.ExportDays).Add(time.Second), 1, []string{"old-upload"}},
		{begin.AddDate(0, 0, files.UploadDays).Add(time.Second), 1, nil},
	} {
		n, err := b.Sweep(t.Context(), c.at)
		if err != nil || n != c.gone || !slices.Equal(b.left(), c.left) {
			t.Errorf("at %v %d went, left are %v; wanted %d and %v: %v", c.at, n, b.left(), c.gone, c.left, err)
		}
	}
	if _, err := os.Stat(filepath.Join(b.dir, files.Exports)); err != nil {
		t.Errorf("the folder itself went: %v", err)
	}
}

func TestEveryFolderHasItsDays(t *testing.T) {
	for _, folder := range files.Folders() {
		if files.KeptDays(folder) <= 0 {
			t.Errorf("the files of %s are never removed", folder)
		}
	}
	if files.KeptDays("elsewhere") != 0 {
		t.Error("a folder that there is not keeps files")
	}
}
