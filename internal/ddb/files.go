package ddb

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// privateFS makes every file and directory private to its owner.
type privateFS struct{ vfs.FS }

func private(name string, f vfs.File, err error) (vfs.File, error) {
	if err != nil {
		return f, err
	}
	if err := os.Chmod(name, fileMode); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Create makes a private file.
func (p privateFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := p.FS.Create(name, c)
	return private(name, f, err)
}

// OpenReadWrite opens a file and makes it private.
func (p privateFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	f, err := p.FS.OpenReadWrite(name, c, opts...)
	return private(name, f, err)
}

// ReuseForWrite makes a private file of an old one.
func (p privateFS) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := p.FS.ReuseForWrite(oldname, newname, c)
	return private(newname, f, err)
}

// MkdirAll makes private directories.
func (p privateFS) MkdirAll(dir string, _ os.FileMode) error {
	return p.FS.MkdirAll(dir, dirMode)
}

// Lock takes the lock file and makes it private.
func (p privateFS) Lock(name string) (io.Closer, error) {
	l, err := p.FS.Lock(name)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(name, fileMode); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Unwrap gives the file system below.
func (p privateFS) Unwrap() vfs.FS { return p.FS }

// guardFS stands between Pebble and the disk. Pebble ends the process when its
// log fails; so the log is told that all is well, while the store's health
// takes the failure, and every commit looks there before it claims success.
// From then on the log takes nothing more: it ends where it failed, as after a
// crash.
type guardFS struct {
	vfs.FS
	h *health
}

func (g guardFS) guard(name string, open func() (vfs.File, error)) (vfs.File, error) {
	if !strings.HasSuffix(name, ".log") {
		return open()
	}
	if g.h.err() != nil {
		return lostFile()
	}
	f, err := open()
	switch {
	case err == nil:
		return logFile{f, g.h}, nil
	case !g.h.opened.Load():
		return nil, err
	default:
		g.h.fail(err)
		return lostFile()
	}
}

// Create makes a file.
func (g guardFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return g.guard(name, func() (vfs.File, error) { return g.FS.Create(name, c) })
}

// ReuseForWrite makes a file of an old one.
func (g guardFS) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return g.guard(newname, func() (vfs.File, error) { return g.FS.ReuseForWrite(oldname, newname, c) })
}

// Unwrap gives the file system below.
func (g guardFS) Unwrap() vfs.FS { return g.FS }

// logFile is a log: it counts its syncs and hands its failures to the health.
type logFile struct {
	vfs.File
	h *health
}

// try does f unless the store has failed, and notes a failure.
func (l logFile) try(f func() error) {
	if l.h.err() == nil {
		l.h.note(f())
	}
}

// Write writes, or notes that it cannot.
func (l logFile) Write(p []byte) (int, error) {
	l.try(func() error { _, err := l.File.Write(p); return err })
	return len(p), nil
}

// Sync makes the log durable, or notes that it cannot.
func (l logFile) Sync() error {
	l.h.syncs.Add(1)
	l.try(l.File.Sync)
	return nil
}

// SyncData makes the data durable, or notes that it cannot.
func (l logFile) SyncData() error {
	l.h.syncs.Add(1)
	l.try(l.File.SyncData)
	return nil
}

// SyncTo makes a part durable, or notes that it cannot.
func (l logFile) SyncTo(length int64) (full bool, err error) {
	l.try(func() error { full, err = l.File.SyncTo(length); return err })
	return full, nil
}

// Close closes the log, or notes that it cannot.
func (l logFile) Close() error {
	l.h.note(l.File.Close())
	return nil
}

// lostFile is a log that could not be made: a file in memory, which takes
// everything and is forgotten.
func lostFile() (vfs.File, error) {
	return vfs.NewMem().Create("lost", vfs.WriteCategoryUnspecified)
}
