// Package backup copies a data directory while its system runs, and puts a copy back. A copy is a directory with a manifest
// of every file and its SHA-256; its store is a checkpoint, which holds every act that was acknowledged before it began and
// no half of any.
package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"
)

const (
	manifestName = "manifest.json"
	formatNow    = 1
	fileMode     = 0o600
	dirMode      = 0o700
)

// Manifest says what a copy holds.
type Manifest struct {
	Format int       `json:"format"`
	At     time.Time `json:"at"` // when the copy was begun
	Files  []File    `json:"files"`
}

// File is one file of a copy.
type File struct {
	Path   string `json:"path"` // below the directory, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Bytes sums the files.
func (m Manifest) Bytes() int64 {
	var n int64
	for _, f := range m.Files {
		n += f.Bytes
	}
	return n
}

// ErrNoCopy is a directory without a manifest.
var ErrNoCopy = errors.New("is not a backup: it has no " + manifestName)

// DamagedError names the first file of a copy that is not what was written.
type DamagedError struct{ Path, What string }

// Error names the file and what is wrong with it.
func (e *DamagedError) Error() string { return "backup is damaged: " + e.Path + " " + e.What }

// IsCopy tells whether a directory is a backup.
func IsCopy(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, manifestName))
	return err == nil
}

// Read reads a copy's manifest.
func Read(dir string) (Manifest, error) {
	var m Manifest
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s %w", dir, ErrNoCopy)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, &DamagedError{manifestName, "cannot be read: " + err.Error()}
	}
	if m.Format != formatNow {
		return m, fmt.Errorf("backup %s has format %d, and this program reads format %d", dir, m.Format, formatNow)
	}
	for _, f := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return m, &DamagedError{manifestName, "names a file outside the backup"}
		}
	}
	return m, nil
}

func (m Manifest) write(dir string) error {
	sort.Slice(m.Files, func(i, j int) bool { return m.Files[i].Path < m.Files[j].Path })
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return writeSynced(filepath.Join(dir, manifestName), append(raw, '\n'))
}

func writeSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}
