package privatefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("%v beside it: %v", entries, err)
	}
	return string(raw)
}

func TestCreateLeavesWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := Create(path, []byte("first")); err != nil || read(t, path) != "first" {
		t.Fatal(err)
	}
	if err := Create(path, []byte("second")); !errors.Is(err, fs.ErrExist) || read(t, path) != "first" {
		t.Errorf("written over: %v", err)
	}
	if err := Replace(path, []byte("third")); err != nil || read(t, path) != "third" {
		t.Error(err)
	}
}

// Of many who create a file at once one does, and what stands there is whole and theirs.
func TestCreateAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	var all sync.WaitGroup
	made := make(chan string, 16)
	for i := range cap(made) {
		all.Go(func() {
			text := string(rune('a' + i))
			switch err := Create(path, []byte(text)); {
			case err == nil:
				made <- text
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(made) != 1 || <-made != read(t, path) {
		t.Errorf("%d more have made it", len(made))
	}
}
