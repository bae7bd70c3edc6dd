package files_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"backoffice/internal/files"
	"backoffice/internal/files/diskfiles"
	"backoffice/internal/op"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func guardedDisk(t *testing.T) files.Store {
	t.Helper()
	disk, err := diskfiles.Open(t.TempDir(), "http://127.0.0.1:1", bytes.Repeat([]byte("s"), 32), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	return files.Guard(disk)
}

// calls does each thing that the port can do, to one file.
func calls(s files.Store, key string) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"upload":   func(ctx context.Context) error { _, err := s.Upload(ctx, key, 3, now); return err },
		"put":      func(ctx context.Context) error { return s.Put(ctx, key, strings.NewReader("abc"), 3) },
		"download": func(ctx context.Context) error { _, err := s.Download(ctx, key, "a.csv", now); return err },
		"open": func(ctx context.Context) error {
			f, _, err := s.Open(ctx, key)
			if errors.Is(err, files.ErrNone) {
				return nil // there is none, which it was allowed to learn
			}
			if err != nil {
				return err
			}
			return f.Close()
		},
		"delete": func(ctx context.Context) error { return s.Delete(ctx, key) },
	}
}

var needs = map[string]op.FileAction{"upload": op.FileWrite, "put": op.FileWrite, "download": op.FileRead, "open": op.FileRead, "delete": op.FileDelete}

// An operation does with files what its spec declares, in its folder and its tenant, and nothing else.
func TestAnOperationDoesWhatItsSpecDeclares(t *testing.T) {
	s := guardedDisk(t)
	for name, call := range calls(s, files.Key(files.Uploads, "ten_1", "a.csv")) {
		for _, declared := range []op.FileAction{op.FileRead, op.FileWrite, op.FileDelete, 0} {
			spec := &op.Spec{ID: "box.open-box", Files: []op.FileAccess{{Folder: files.Uploads, Do: declared}}}
			err := call(op.WithRunning(t.Context(), spec, "ten_1"))
			var denied *files.DeniedError
			if needs[name] == declared && err != nil || needs[name] != declared && !errors.As(err, &denied) {
				t.Errorf("%s with %d declared: %v", name, declared, err)
			}
		}
	}
}

func TestAnotherTenantsFilesAreOutOfReach(t *testing.T) {
	s := guardedDisk(t)
	spec := &op.Spec{ID: "box.open-box", Files: []op.FileAccess{{Folder: files.Uploads, Do: op.FileRead | op.FileWrite | op.FileDelete}}}
	for _, key := range []string{files.Key(files.Uploads, "ten_2", "a.csv"), files.Key("other", "ten_1", "a.csv"), "uploads", "ten_1/a.csv"} {
		for name, call := range calls(s, key) {
			var denied *files.DeniedError
			if err := call(op.WithRunning(t.Context(), spec, "ten_1")); !errors.As(err, &denied) || denied.Operation != "box.open-box" {
				t.Errorf("%s of %s: %v", name, key, err)
			}
		}
	}
}

func TestOutsideAnOperationTheProcessDoesAsItLikes(t *testing.T) {
	s := guardedDisk(t)
	for name, call := range calls(s, files.Key(files.Uploads, "ten_1", "a.csv")) {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if files.Guard(nil) != nil {
		t.Error("no store became one")
	}
}
