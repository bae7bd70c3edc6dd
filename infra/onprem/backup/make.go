package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// storeName is the folder of the store below a data directory.
const storeName = "store"

// rootsName is the folder of the audit chains' roots.
const rootsName = "audit"

// partSuffix ends the name of a file that is still being written.
const partSuffix = ".part"

// Store writes a consistent copy of itself into a directory that must not exist.
type Store interface{ Checkpoint(dir string) error }

// Make copies a data directory whose store is open into a directory that does not exist yet, or is empty. The copy appears
// there when it is whole.
func Make(data string, store Store, to string, at time.Time) (Manifest, error) {
	m := Manifest{Format: formatNow, At: at}
	if within(data, to) {
		return m, fmt.Errorf("a backup inside the data directory %s would be lost with it", data)
	}
	next, err := newBeside(to)
	if err != nil {
		return m, err
	}
	err = fill(data, store, next, &m)
	if err == nil {
		err = appear(next, to)
	}
	if err != nil {
		return m, errors.Join(err, os.RemoveAll(next))
	}
	return m, nil
}

// fill fills the copy: the audit roots first, since each must hold no more than the store does; then the store as of one
// instant, and the files beside it, which are only ever added to.
func fill(data string, store Store, next string, m *Manifest) error {
	frozen, err := os.MkdirTemp(data, ".checkpoint-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(frozen) }()
	if err := copyEntry(data, next, rootsName, m); err != nil {
		return err
	}
	if err := store.Checkpoint(filepath.Join(frozen, storeName)); err != nil {
		return err
	}
	if err := copyTree(frozen, next, m); err != nil {
		return err
	}
	if err := copyBeside(data, next, m); err != nil {
		return err
	}
	return m.write(next)
}

// copyBeside copies what stands beside the store: keys, uploaded files, notes. Names that begin with a full stop and the
// door of the running process are of the moment; so is an upload that has not come to its end.
func copyBeside(data, next string, m *Manifest) error {
	entries, err := os.ReadDir(data)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if name == storeName || name == rootsName || name == manifestName || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "door") {
			continue
		}
		if err := copyEntry(data, next, name, m); err != nil {
			return err
		}
	}
	return nil
}

func copyEntry(from, to, name string, m *Manifest) error {
	return filepath.WalkDir(filepath.Join(from, name), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || strings.HasSuffix(path, partSuffix) {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), dirMode)
		case !d.Type().IsRegular():
			return fmt.Errorf("%s is no plain file", path)
		}
		f, err := copyFile(path, filepath.Join(to, rel))
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed since the directory was read
		}
		f.Path = filepath.ToSlash(rel)
		m.Files = append(m.Files, f)
		return err
	})
}

func copyTree(from, to string, m *Manifest) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := copyEntry(from, to, e.Name(), m); err != nil {
			return err
		}
	}
	return nil
}

// copyFile copies a file to the disk and tells what it holds.
func copyFile(from, to string) (File, error) {
	in, err := os.Open(from)
	if err != nil {
		return File{}, err
	}
	defer func() { _ = in.Close() }()
	if err := os.MkdirAll(filepath.Dir(to), dirMode); err != nil {
		return File{}, err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return File{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, sum), in)
	return File{Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, errors.Join(err, out.Sync(), out.Close())
}

// newBeside makes the directory in which a copy grows, beside where it shall appear.
func newBeside(to string) (string, error) {
	if err := vacant(to); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(to)), dirMode); err != nil {
		return "", err
	}
	return os.MkdirTemp(filepath.Dir(filepath.Clean(to)), "."+filepath.Base(to)+"-")
}

// vacant refuses a place where something stands already.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty", dir)
	}
	return nil
}

// appear gives a finished directory its name.
func appear(next, to string) error {
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := syncTree(next); err != nil {
		return err
	}
	if err := os.Rename(next, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(filepath.Clean(to)))
}

// syncTree brings the names in a directory and those below it to the disk.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(path)
	})
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func within(data, to string) bool {
	a, err1 := filepath.Abs(data)
	b, err2 := filepath.Abs(to)
	if err1 != nil || err2 != nil {
		return true
	}
	rel, err := filepath.Rel(a, b)
	return err == nil && filepath.IsLocal(rel)
}
