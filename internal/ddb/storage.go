package ddb

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

const (
	// fileMode and dirMode keep the data from other users of the machine.
	fileMode = 0o600
	dirMode  = 0o700

	cacheBytes       = 64 << 20
	memTableBytes    = 16 << 20
	memTablesMax     = 4
	bloomBitsPerKey  = 10
	blockBytes       = 8 << 10
	openFilesMax     = 1000
	walSyncBytes     = 512 << 10
	l0CompactAtFiles = 4
	l0StopAtFiles    = 20
)

// The errors of opening a store.
var (
	// ErrInUse is a data directory that another engine has open.
	ErrInUse = errors.New("ddb: the store is in use by another process")
	// ErrNewerFormat is a store that a later version wrote.
	ErrNewerFormat = errors.New("ddb: the store was written by a newer version")
	// ErrClosed is an engine that was closed.
	ErrClosed = errors.New("ddb: the store is closed")
)

// fileSystem gives the file system and the directory in it.
func (o Options) fileSystem() (vfs.FS, string, error) {
	dir := o.Dir
	switch {
	case o.FS != nil:
		if dir == "" {
			dir = "store"
		}
		return o.FS, dir, o.FS.MkdirAll(dir, dirMode)
	case dir == "":
		mem := vfs.NewMem()
		return mem, "store", mem.MkdirAll("store", dirMode)
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, "", fmt.Errorf("ddb: make the data directory: %w", err)
	}
	if err := os.Chmod(dir, dirMode); err != nil {
		return nil, "", fmt.Errorf("ddb: protect the data directory: %w", err)
	}
	return privateFS{vfs.Default}, dir, nil
}

// health remembers the first failure of the storage. A store that failed
// takes no more writes: what is on disk decides, at the next start.
type health struct {
	log   *slog.Logger
	cause atomic.Pointer[error]
	syncs atomic.Uint64 // of the log
	// opened is set once the store is open: until then Open takes the blame.
	opened atomic.Bool
	// stuck is set when Pebble holds locks that it will not give back.
	stuck atomic.Bool
}

func (h *health) fail(err error) {
	if h.cause.CompareAndSwap(nil, &err) {
		h.log.Error("store failed", "error", err)
	}
}

// note fails the store unless err is nil.
func (h *health) note(err error) {
	if err != nil {
		h.fail(err)
	}
}

// err is the failure, or nil.
func (h *health) err() error {
	if p := h.cause.Load(); p != nil {
		return *p
	}
	return nil
}

// Infof drops Pebble's chatter.
func (h *health) Infof(string, ...any) {}

// Errorf logs what Pebble reports.
func (h *health) Errorf(format string, args ...any) {
	h.log.Error("storage", "error", fmt.Sprintf(format, args...))
}

// Fatalf is called by Pebble when it cannot go on. It must not return: a
// manifest that was not written must hold up all that would build on it, so
// that goroutine stops here for good; anything else is a panic that the
// engine's commit catches.
func (h *health) Fatalf(format string, args ...any) {
	err := fmt.Errorf("ddb: storage: "+format, args...)
	h.fail(err)
	h.stuck.Store(true)
	if strings.HasPrefix(format, "MANIFEST") && h.opened.Load() {
		select {}
	}
	panic(err)
}

// openPebble opens the database below an engine.
func openPebble(o Options, h *health) (*pebble.DB, error) {
	fsys, dir, err := o.fileSystem()
	if err != nil {
		return nil, err
	}
	cache := pebble.NewCache(cacheBytes)
	defer cache.Unref()
	po := &pebble.Options{
		FS: guardFS{fsys, h}, Cache: cache, Logger: h,
		FormatMajorVersion:          pebble.FormatNewest,
		MemTableSize:                memTableBytes,
		MemTableStopWritesThreshold: memTablesMax,
		MaxOpenFiles:                openFilesMax,
		WALBytesPerSync:             walSyncBytes,
		L0CompactionThreshold:       l0CompactAtFiles,
		L0StopWritesThreshold:       l0StopAtFiles,
		EventListener: &pebble.EventListener{
			BackgroundError: func(err error) { h.Errorf("background: %v", err) },
			DataCorruption:  func(i pebble.DataCorruptionInfo) { h.Errorf("corrupt data: %v", i) },
		},
	}
	for i := range po.Levels {
		po.Levels[i].FilterPolicy = bloom.FilterPolicy(bloomBitsPerKey)
		po.Levels[i].BlockSize = blockBytes
	}
	db, err := openCatching(dir, po)
	if err == nil && h.err() != nil {
		err = errors.Join(h.err(), db.Close())
	}
	if err != nil {
		if isLocked(err) {
			return nil, fmt.Errorf("%w: %w", ErrInUse, err)
		}
		return nil, fmt.Errorf("ddb: open the store: %w", err)
	}
	return db, nil
}

// openCatching turns a panic of Fatalf into an error.
func openCatching(dir string, po *pebble.Options) (db *pebble.DB, err error) {
	defer func() {
		if p := recover(); p != nil {
			db, err = nil, fmt.Errorf("%v", p)
		}
	}()
	return pebble.Open(dir, po)
}

// isLocked tells a directory that is in use from one that cannot be opened.
func isLocked(err error) bool {
	text := err.Error()
	return !errors.Is(err, fs.ErrPermission) &&
		(strings.Contains(text, "lock held by current process") ||
			strings.Contains(text, "resource temporarily unavailable") ||
			strings.Contains(text, "being used by another process"))
}
