// Package privatefile writes files that their owner alone may read, such as keys, whole or not at all: whoever sees the name sees
// all that was written, and it is on the disk. What a crash leaves has a name of its own that ends in .part, which backups leave out.
package privatefile

import (
	"errors"
	"os"
	"path/filepath"
)

// Create writes a file that must not exist yet, into a folder that does. Where there is one already, it is left as it is and the
// error is fs.ErrExist: of two who write at once, one finds the other's file.
func Create(path string, content []byte) error {
	return place(path, content, os.Link) // unlike a rename, refuses to replace
}

// Replace writes a file in the stead of one that may be there.
func Replace(path string, content []byte) error { return place(path, content, os.Rename) }

// place writes a file beside its place, and then puts it there.
func place(path string, content []byte, put func(from, to string) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*.part") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return put(f.Name(), path)
}
