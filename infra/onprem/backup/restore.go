package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Restore puts a copy into a data directory that does not exist yet, or is empty. Every file is held against the manifest on
// the way; the directory appears when all of it is right.
func Restore(from, data string) (Manifest, error) {
	m, err := Read(from)
	if err != nil {
		return m, err
	}
	next, err := newBeside(data)
	if err != nil {
		return m, err
	}
	if err = refill(from, next, m); err == nil {
		err = appear(next, data)
	}
	if err != nil {
		return m, errors.Join(err, os.RemoveAll(next))
	}
	return m, nil
}

func refill(from, next string, m Manifest) error {
	for _, f := range m.Files {
		got, err := copyFile(filepath.Join(from, filepath.FromSlash(f.Path)), filepath.Join(next, filepath.FromSlash(f.Path)))
		if errors.Is(err, fs.ErrNotExist) {
			return &DamagedError{f.Path, "is missing"}
		}
		if err != nil {
			return err
		}
		if got.Bytes != f.Bytes || got.SHA256 != f.SHA256 {
			return &DamagedError{f.Path, "is not what was written"}
		}
	}
	return nil
}
