// Package privatefile writes and reads files that their owner alone may read, such as keys, whole or not at all: whoever sees the
// name sees all that was written, and it is on the disk. What a crash leaves has a name of its own that ends in .part, which backups
// leave out.
package privatefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	// fileMode is the mode of every file, which none may exceed that is read.
	fileMode = 0o600
	dirMode  = 0o700
)

// ErrOpen says that others than its owner may do something with a file, so that what stands in it may be known, or not be its owner's.
var ErrOpen = errors.New("the file is open to others than its owner")

// Create writes a file that must not exist yet, making its folder where there is none. Where there is a file already, it is left as
// it is and the error is fs.ErrExist: of two who write at once, one finds the other's file.
func Create(path string, content []byte) error {
	return place(path, content, os.Link) // unlike a rename, refuses to replace
}

// Replace writes a file in the stead of one that may be there.
func Replace(path string, content []byte) error { return place(path, content, os.Rename) }

// Read reads a file. One that is open to others is refused with ErrOpen, whoever wrote it; one that is not there is fs.ErrNotExist.
func Read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&^fileMode != 0 {
		return nil, fmt.Errorf("%w: %s has mode %v", ErrOpen, path, mode)
	}
	return os.ReadFile(path)
}

// ReadOrCreate reads a file, or creates it with what first gives where there is none. What it gives stands in the file: where another
// process was faster, its content counts.
func ReadOrCreate(path string, first func() ([]byte, error)) ([]byte, error) {
	raw, err := Read(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return raw, err
	}
	content, err := first()
	if err != nil {
		return nil, err
	}
	if err := Create(path, content); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return Read(path)
}

// place writes a file beside its place, and then puts it there. The name comes to the disk with its folder: without that a key
// could be lost with the machine's power that something was sealed with already.
func place(path string, content []byte, put func(from, to string) error) error {
	dir := filepath.Dir(path)
	if err := makeFolder(dir); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".new-*.part") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := put(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(dir)
}

// makeFolder makes a folder unless it is there; its name, too, comes to the disk with the folder that it stands in.
func makeFolder(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(dir))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
