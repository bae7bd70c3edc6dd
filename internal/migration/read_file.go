package migration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"backoffice/internal/files"
)

// read gives what an import is made from, as it was taken, and its SHA-256.
func (d Ports) read(ctx context.Context, tenant string, i Import) (raw []byte, sum string, err error) {
	if i.File.Key == "" {
		raw, err = d.Imports.Content(ctx, tenant, i.ID)
	} else {
		key := i.File.Taken
		if key == "" { // validated by a release that worked on the upload itself
			key = i.File.Key
		}
		raw, err = d.readUpload(ctx, key)
	}
	if err != nil {
		return nil, "", err
	}
	h := sha256.Sum256(raw)
	return raw, hex.EncodeToString(h[:]), nil
}

func (d Ports) readUpload(ctx context.Context, key string) ([]byte, error) {
	if d.Files == nil {
		return nil, RuleFileStore.Err()
	}
	f, bytes, err := d.Files.Open(ctx, key)
	if errors.Is(err, files.ErrNone) {
		return nil, RuleFileMissing.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("file of an import: %w", err)
	}
	if bytes > fileBytesMax {
		return nil, errors.Join(RuleFileLarge.Err(), f.Close())
	}
	raw, err := io.ReadAll(io.LimitReader(f, fileBytesMax+1))
	return raw, errors.Join(err, f.Close())
}
