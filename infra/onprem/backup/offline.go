package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"backoffice/internal/ddb"
)

// Offline copies a data directory that no process has open; ddb.ErrInUse says that one has.
func Offline(data, to string, at time.Time) (Manifest, error) {
	if _, err := os.Stat(filepath.Join(data, storeName)); errors.Is(err, fs.ErrNotExist) {
		return Manifest{}, fmt.Errorf("%s is no data directory: it has no store", data)
	}
	engine, err := ddb.Open(ddb.Options{Dir: filepath.Join(data, storeName)})
	if err != nil {
		return Manifest{}, err
	}
	m, err := Make(data, engine, to, at)
	return m, errors.Join(err, engine.Close())
}
