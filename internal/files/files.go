// Package files is where uploads and downloads are kept: outside the store, reached by clients under addresses that are signed
// and expire. A domain sees this port only; diskfiles implements it on-premise, s3files in the cloud.
package files

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"time"
)

// ErrNone says that there is no file under a key.
var ErrNone = errors.New("files: no such file")

// AddressLasts is how long a signed address is good for.
const AddressLasts = 15 * time.Minute

// Place is where a client sends a file to or fetches it from, and until when.
type Place struct {
	Method  string            `json:"method" enum:"PUT,GET"`
	URL     string            `json:"url" doc:"Signed address; it needs no token"`
	Headers map[string]string `json:"headers,omitempty" doc:"Headers to be sent with the request"`
	Expires time.Time         `json:"expires"`
}

// Store keeps files. Keys are made by Key.
type Store interface {
	// Upload gives the place where a client puts a file of exactly so many bytes.
	Upload(ctx context.Context, key string, bytes int64, at time.Time) (Place, error)
	// Download gives the place from which a client gets a file, under a name.
	Download(ctx context.Context, key, name string, at time.Time) (Place, error)
	// Open reads a file and tells its size; ErrNone when there is none.
	Open(ctx context.Context, key string) (content io.ReadCloser, bytes int64, err error)
	// Put writes a file of the system's own over whatever stood there.
	Put(ctx context.Context, key string, content io.Reader, bytes int64) error
	// Delete removes a file; one that is not there is removed already.
	Delete(ctx context.Context, key string) error
}

// Uploads is the folder of what clients send: it is read into the store within days, and then expires. Rights and lifetimes go
// by the folder, which is why it comes first in a key.
const Uploads = "uploads"

// Exports is the folder of what the system writes for its clients to fetch: reports and records in the form of files, and the
// parts that they are joined from.
const Exports = "exports"

// UploadDays and ExportDays are how long an upload and an export are kept. An export can be made again at any time, and a copy
// of the books that lies about is a risk and no record.
const (
	UploadDays = 30
	ExportDays = 7
)

// Folders lists every folder.
func Folders() []string { return []string{Uploads, Exports} }

// KeptDays is after how many days the files of a folder are removed: by the bucket's own rules in the cloud, by a sweep on a
// disk. It is nought for what is no folder.
func KeptDays(folder string) int {
	switch folder {
	case Uploads:
		return UploadDays
	case Exports:
		return ExportDays
	}
	return 0
}

var keyPart = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// Key makes a file's key from its folder, its tenant and what it is; a part that could lead elsewhere is a defect of ours.
func Key(folder, tenant string, parts ...string) string {
	all := append([]string{folder, tenant}, parts...)
	for _, p := range all {
		if !keyPart.MatchString(p) {
			panic("files: a part of a key is empty or holds other characters than letters, digits, dots, hyphens and underscores")
		}
	}
	return strings.Join(all, "/")
}
