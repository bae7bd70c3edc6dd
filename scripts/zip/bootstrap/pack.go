package bootstrap

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"backoffice/internal/catalog"
)

// zipBytesMax is how large the zip of an ordinary function may be: more means that a heavy library has crept in, and slower
// cold starts with it. A function whose spec says why it is heavy is no request's, and has its own limit. Both are for what is
// released: what a proof builds for its own machine is of another size.
const (
	zipBytesMax      = 5_500_000
	zipHeavyBytesMax = 10_000_000
)

// bytesMax is how large the zip of one function may be.
func bytesMax(set, name string) int64 {
	if o, err := catalog.Find(set + "." + name); err == nil && o.Describe().Heavy != "" {
		return zipHeavyBytesMax
	}
	return zipBytesMax
}

// Packed is a function's zip.
type Packed struct {
	Set, Name string
	Bytes     int64
}

// packSet zips the binaries of the mains that stand in a folder now.
func packSet(o Options, set, bin, folder string) ([]Packed, error) {
	mains, err := os.ReadDir(filepath.Join(o.Root, folder))
	if err != nil {
		return nil, err
	}
	into := filepath.Join(o.Root, Dir(o.Arch), set)
	if err := os.MkdirAll(into, 0o750); err != nil {
		return nil, err
	}
	var group errgroup.Group
	group.SetLimit(4)
	done := make([]Packed, 0, len(mains))
	for _, m := range mains {
		if !m.IsDir() {
			continue
		}
		done = append(done, Packed{Set: set, Name: m.Name()})
	}
	for i := range done {
		group.Go(func() error {
			size, err := pack(filepath.Join(bin, done[i].Name), filepath.Join(into, done[i].Name+".zip"))
			done[i].Bytes = size
			if limit := bytesMax(set, done[i].Name); err == nil && o.Release && size > limit { // other builds, for other machines, go nowhere
				err = fmt.Errorf("%s/%s: its zip has %d bytes, more than %d", set, done[i].Name, size, limit)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return done, prune(into, done)
}

// pack zips one binary, unless the zip beside it was made of the same bytes.
func pack(binary, into string) (int64, error) {
	raw, err := os.ReadFile(binary)
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(raw)
	mark := into + ".sha256"
	if was, err := os.ReadFile(mark); err == nil && string(was) == hex.EncodeToString(sum[:]) {
		if info, err := os.Stat(into); err == nil {
			return info.Size(), nil
		}
	}
	content, err := zipped(raw)
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(into, content, 0o600); err != nil {
		return 0, err
	}
	return int64(len(content)), os.WriteFile(mark, []byte(hex.EncodeToString(sum[:])), 0o600)
}

// zipped holds the binary as `bootstrap`, executable, and says nothing of when or by whom it was made.
func zipped(binary []byte) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	h.SetMode(0o755)
	w, err := z.CreateHeader(h)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(binary); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// prune removes the zips of functions that are no more.
func prune(dir string, keep []Packed) error {
	names := map[string]bool{}
	for _, p := range keep {
		names[p.Name+".zip"], names[p.Name+".zip.sha256"] = true, true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !names[e.Name()] {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
