package diskfiles

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path"
	"path/filepath"
	"strings"
	"time"

	"backoffice/internal/files"
)

// sweepEvery is how often files are looked at for their age, as the bucket's rules do once a day in the cloud.
const sweepEvery = time.Hour

// Run removes expired files at once and then again and again, until the context ends.
func (s *Store) Run(ctx context.Context, log *slog.Logger) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		if _, err := s.Sweep(ctx, s.clock()); err != nil && ctx.Err() == nil {
			log.LogAttrs(ctx, slog.LevelError, "expired files", slog.Any("cause", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Sweep removes the files that their folders keep no longer, with what a broken upload left, and tells how many they were. It
// needs no list of what there should be: a file that nobody remembers goes, too.
func (s *Store) Sweep(ctx context.Context, at time.Time) (removed int, err error) {
	for _, folder := range files.Folders() {
		before := at.AddDate(0, 0, -files.KeptDays(folder))
		some, sweepErr := s.sweepFolder(ctx, folder, before)
		removed, err = removed+some, errors.Join(err, sweepErr)
	}
	return removed, err
}

func (s *Store) sweepFolder(ctx context.Context, folder string, before time.Time) (removed int, err error) {
	var emptied []string
	walkErr := fs.WalkDir(s.root.FS(), folder, func(name string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // nothing was ever kept there, or it has just gone
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case e.IsDir():
			emptied = append(emptied, name)
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			return nil
		}
		if err == nil {
			err = ignoreNone(s.root.Remove(filepath.FromSlash(name)))
			removed++
		}
		return err
	})
	// Inner folders before outer ones; one that still holds something refuses, and stays.
	for i := len(emptied) - 1; i >= 0; i-- {
		if strings.Contains(emptied[i], "/") && path.Dir(emptied[i]) != "." {
			_ = s.root.Remove(filepath.FromSlash(emptied[i]))
		}
	}
	return removed, walkErr
}
