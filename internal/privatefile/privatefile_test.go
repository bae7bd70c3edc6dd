package privatefile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
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

// A file is made once with its folder, private both, and read ever after; one that others may touch is not read.
func TestReadOrCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "key")
	for _, text := range []string{"first", "second"} {
		got, err := ReadOrCreate(path, func() ([]byte, error) { return []byte(text), nil })
		if err != nil || string(got) != "first" || read(t, path) != "first" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v %v", info, err)
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o700, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadOrCreate(path, func() ([]byte, error) { return nil, nil }); !errors.Is(err, ErrOpen) {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
	broken := errors.New("no randomness")
	none := filepath.Join(t.TempDir(), "none")
	if _, err := ReadOrCreate(none, func() ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := Read(none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was left: %v", err)
	}
}

// Of many who want a lock one has it at a time, and whoever gives up waiting leaves it to the others.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder", "lock")
	var holders, turns atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			unlock, err := Lock(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if holders.Add(1) != 1 {
				t.Error("two hold the lock")
			}
			runtime.Gosched()
			turns.Add(1)
			holders.Add(-1)
			unlock()
		})
	}
	all.Wait()
	if turns.Load() != 8 {
		t.Errorf("%d had the lock", turns.Load())
	}
	unlock, err := Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Lock(gone, path); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever gave up: %v", err)
	}
	unlock()
	again, err := Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	again()
}
