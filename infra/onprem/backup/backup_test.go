package backup_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backoffice/infra/onprem/backup"
)

// filed is a store whose checkpoint is a file with its text.
type filed string

// Checkpoint writes the text.
func (f filed) Checkpoint(dir string) error {
	if f == "" {
		return errors.New("no room")
	}
	return errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "000001.sst"), []byte(f), 0o644))
}

var at = time.Date(2026, 4, 30, 12, 0, 0, 0, time.UTC)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// dataDir is a data directory with everything that can stand in one.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	write(t, filepath.Join(dir, "store", "000001.sst"), "changes while the copy is made")
	write(t, filepath.Join(dir, "keys", "cursor.key"), "secret")
	write(t, filepath.Join(dir, "files", "a", "b.csv"), "1,2")
	write(t, filepath.Join(dir, "files", "a", "c.csv.XYZ.part"), "half")
	write(t, filepath.Join(dir, "door"), "of the process")
	write(t, filepath.Join(dir, ".checkpoint-left", "x"), "of an earlier process")
	return dir
}

// tree lists a directory's files with their content, and complains of what others could read.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode().Perm())
		}
		if d.IsDir() {
			return nil
		}
		raw, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		if rel != "manifest.json" {
			b.WriteString(rel + "=" + string(raw) + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A copy holds the store's checkpoint and what stands beside it, nothing of the running process, and comes back as it was.
func TestThereAndBack(t *testing.T) {
	data, to, back := dataDir(t), filepath.Join(t.TempDir(), "deep", "copy"), filepath.Join(t.TempDir(), "back")
	made, err := backup.Make(data, filed("frozen"), to, at)
	if err != nil {
		t.Fatal(err)
	}
	want := "files/a/b.csv=1,2\nkeys/cursor.key=secret\nstore/000001.sst=frozen\n"
	if got := tree(t, to); got != want {
		t.Errorf("the copy holds\n%s", got)
	}
	read, err := backup.Restore(to, back)
	if err != nil || !read.At.Equal(at) || read.Bytes() != made.Bytes() {
		t.Error(read, err)
	}
	if got := tree(t, back); got != want {
		t.Errorf("what came back holds\n%s", got)
	}
	if left, _ := filepath.Glob(filepath.Join(data, ".checkpoint-*")); len(left) != 1 {
		t.Error("left behind:", left)
	}
}

// Nothing is written over, nothing appears before it is whole, and no copy stands inside what it is a copy of.
func TestRefusals(t *testing.T) {
	data, parent := dataDir(t), t.TempDir()
	full := filepath.Join(parent, "full")
	write(t, filepath.Join(full, "x"), "somebody's")
	for name, err := range map[string]error{
		"into a full directory":  second(backup.Make(data, filed("x"), full, at)),
		"into the data":          second(backup.Make(data, filed("x"), filepath.Join(data, "copy"), at)),
		"of a store that fails":  second(backup.Make(data, filed(""), filepath.Join(parent, "none"), at)),
		"restore of no backup":   second(backup.Restore(full, filepath.Join(parent, "none"))),
		"offline of no data":     second(backup.Offline(parent, filepath.Join(parent, "none"), at)),
		"offline of nothing":     second(backup.Offline(filepath.Join(parent, "nowhere"), filepath.Join(parent, "none"), at)),
		"restore of a non-place": second(backup.Restore(filepath.Join(parent, "nowhere"), filepath.Join(parent, "none"))),
	} {
		if err == nil {
			t.Error("not refused:", name)
		}
	}
	if entries, err := os.ReadDir(parent); err != nil || len(entries) != 1 {
		t.Error("left behind:", entries, err)
	}
}

func second(_ backup.Manifest, err error) error { return err }

// A copy that is not what was written is refused, by the name of its first bad file, and nothing comes of it.
func TestDamage(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"store/000001.sst": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "store", "000001.sst"), []byte("frozem"), 0o600)
		},
		"keys/cursor.key": func(dir string) error { return os.Remove(filepath.Join(dir, "keys", "cursor.key")) },
		"files/a/b.csv":   func(dir string) error { return os.Truncate(filepath.Join(dir, "files", "a", "b.csv"), 1) },
		"manifest.json":   func(dir string) error { return os.Truncate(filepath.Join(dir, "manifest.json"), 20) },
		"outside": func(dir string) error {
			return replace(filepath.Join(dir, "manifest.json"), "files/a/b.csv", "../../b.csv")
		},
		"format 2": func(dir string) error {
			return replace(filepath.Join(dir, "manifest.json"), `"format": 1`, `"format": 2`)
		},
	} {
		to, back := filepath.Join(t.TempDir(), "copy"), filepath.Join(t.TempDir(), "back")
		if _, err := backup.Make(dataDir(t), filed("frozen"), to, at); err != nil {
			t.Fatal(err)
		}
		if err := spoil(to); err != nil {
			t.Fatal(err)
		}
		_, err := backup.Restore(to, back)
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(back); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: something came of it", name)
		}
	}
}

func replace(path, from, to string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(raw), from, to)), 0o600)
}
