package privatefile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"backoffice/internal/clock"
)

// lockLook is how often a lock that somebody has is looked at again.
const lockLook = 20 * time.Millisecond

// Lock keeps other processes, and other callers of this one, waiting until unlock is called or this process ends, however it ends:
// the system lets go of it. So no age makes a lock void, and one who works for long under it is never overtaken. The file at path,
// made where there is none, stays when the lock has gone: were it removed, two could hold locks of one name. The error is the
// context's when that ends first.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
			err = clock.Wait(ctx, lockLook)
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
}
