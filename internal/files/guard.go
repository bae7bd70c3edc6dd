package files

import (
	"context"
	"io"
	"strings"
	"time"

	"backoffice/internal/op"
)

// DeniedError says that an operation did with files what its spec does not declare, or reached for another tenant's. It is a
// defect of the operation, never of its caller; in the cloud its role would refuse the same.
type DeniedError struct{ Operation, What string }

// Error names the operation and what it lacks.
func (e *DeniedError) Error() string { return "files: " + e.Operation + " is not granted " + e.What }

// Guard holds every call made by an operation against what its spec declares, and against its tenant. Calls outside any
// operation pass: they are the process's own. A nil store stays nil: a process without files.
func Guard(s Store) Store {
	if s == nil {
		return nil
	}
	return guarded{s}
}

type guarded struct{ inner Store }

var actionNames = map[op.FileAction]string{op.FileRead: "read", op.FileWrite: "write", op.FileDelete: "delete"}

func allowed(ctx context.Context, key string, do op.FileAction) error {
	running, ok := op.RunningIn(ctx)
	if !ok {
		return nil
	}
	folder, rest, _ := strings.Cut(key, "/")
	if !running.Spec.MayFile(folder, do) {
		return &DeniedError{running.Spec.ID, actionNames[do] + " in " + folder}
	}
	if tenant, _, _ := strings.Cut(rest, "/"); running.Tenant == "" || tenant != running.Tenant {
		return &DeniedError{running.Spec.ID, "a file of another tenant"}
	}
	return nil
}

// Upload asks for the right to write: whoever has the address has it, too.
func (g guarded) Upload(ctx context.Context, key string, bytes int64, at time.Time) (Place, error) {
	if err := allowed(ctx, key, op.FileWrite); err != nil {
		return Place{}, err
	}
	return g.inner.Upload(ctx, key, bytes, at)
}

// Download asks for the right to read.
func (g guarded) Download(ctx context.Context, key, name string, at time.Time) (Place, error) {
	if err := allowed(ctx, key, op.FileRead); err != nil {
		return Place{}, err
	}
	return g.inner.Download(ctx, key, name, at)
}

// Open asks for the right to read.
func (g guarded) Open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	if err := allowed(ctx, key, op.FileRead); err != nil {
		return nil, 0, err
	}
	return g.inner.Open(ctx, key)
}

// Put asks for the right to write.
func (g guarded) Put(ctx context.Context, key string, content io.Reader, bytes int64) error {
	if err := allowed(ctx, key, op.FileWrite); err != nil {
		return err
	}
	return g.inner.Put(ctx, key, content, bytes)
}

// Delete asks for the right to delete.
func (g guarded) Delete(ctx context.Context, key string) error {
	if err := allowed(ctx, key, op.FileDelete); err != nil {
		return err
	}
	return g.inner.Delete(ctx, key)
}
