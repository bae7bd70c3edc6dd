package diskfiles_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backoffice/internal/files"
	"backoffice/internal/files/diskfiles"
)

var begin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

type bench struct {
	*diskfiles.Store
	t   *testing.T
	dir string
	now time.Time
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, dir: filepath.Join(t.TempDir(), "files"), now: begin}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s, err := diskfiles.Open(b.dir, server.URL, bytes.Repeat([]byte("s"), 32), func() time.Time { return b.now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	mux.Handle(diskfiles.Prefix, s)
	b.Store = s
	return b
}

func (b *bench) send(method, url, content string) (int, string, http.Header) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, url, strings.NewReader(content))
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header
}

func (b *bench) upload(key string, size int64) files.Place {
	b.t.Helper()
	p, err := b.Upload(b.t.Context(), key, size, b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// slowLine notes until when a file may take its time.
type slowLine struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

// SetReadDeadline notes the end of reading.
func (w *slowLine) SetReadDeadline(at time.Time) error { w.read = at; return nil }

// SetWriteDeadline notes the end of writing.
func (w *slowLine) SetWriteDeadline(at time.Time) error { w.write = at; return nil }

// A file on a slow line has as long as an address lasts, whatever the server's limits for calls are; nobody else has.
func TestFilesMayTakeTheirTime(t *testing.T) {
	b := open(t)
	p := b.upload(files.Key(files.Uploads, "ten_1", "imports", "imp_1", "input.csv"), 5)
	w := &slowLine{ResponseRecorder: httptest.NewRecorder()}
	b.ServeHTTP(w, httptest.NewRequest(http.MethodPut, p.URL, strings.NewReader("hello")))
	if soon := time.Now().Add(files.AddressLasts / 2); w.Code != http.StatusOK || w.read.Before(soon) || w.write.Before(soon) {
		t.Errorf("%d: read until %s, written until %s", w.Code, w.read, w.write)
	}
	w = &slowLine{ResponseRecorder: httptest.NewRecorder()}
	b.ServeHTTP(w, httptest.NewRequest(http.MethodPut, p.URL+"x", strings.NewReader("hello")))
	if w.Code != http.StatusForbidden || !w.read.IsZero() {
		t.Errorf("without an address: %d, until %s", w.Code, w.read)
	}
}

func TestUploadAndDownload(t *testing.T) {
	b := open(t)
	key := files.Key(files.Uploads, "ten_1", "imports", "imp_1", "input.csv")
	p := b.upload(key, 5)
	if status, body, _ := b.send(p.Method, p.URL, "a,b\n1"); status != http.StatusOK || p.Method != http.MethodPut || !p.Expires.Equal(begin.Add(files.AddressLasts)) {
		t.Fatalf("%d %s, %+v", status, body, p)
	}
	f, size, err := b.Open(t.Context(), key)
	if err != nil || size != 5 {
		t.Fatalf("%d, %v", size, err)
	}
	raw, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil || string(raw) != "a,b\n1" {
		t.Errorf("%q, %v", raw, err)
	}
	d, err := b.Download(t.Context(), key, "in put.csv", b.now)
	if err != nil {
		t.Fatal(err)
	}
	status, body, header := b.send(d.Method, d.URL, "")
	if status != http.StatusOK || body != "a,b\n1" || header.Get("Content-Disposition") != `attachment; filename="in put.csv"` || header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%d %q %v", status, body, header)
	}
	b.ownerOnly()
}

// ownerOnly holds every file and folder to its mode, and finds no part of an upload left over.
func (b *bench) ownerOnly() {
	b.t.Helper()
	err := filepath.WalkDir(b.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 || strings.HasSuffix(path, ".part") {
			b.t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		b.t.Error(err)
	}
}

func TestAddressesAllowOneThingForAWhile(t *testing.T) {
	b := open(t)
	key := files.Key(files.Uploads, "ten_1", "a.csv")
	p := b.upload(key, 3)
	other := b.upload(files.Key(files.Uploads, "ten_2", "a.csv"), 3)
	token, mac := p.URL[:strings.LastIndex(p.URL, ".")], other.URL[strings.LastIndex(other.URL, ".")+1:]
	for name, c := range map[string]struct {
		method, url, content string
		status               int
	}{
		"another method":      {http.MethodGet, p.URL, "", 403},
		"another's signature": {http.MethodPut, token + "." + mac, "abc", 403},
		"no signature":        {http.MethodPut, token, "abc", 403},
		"cut":                 {http.MethodPut, p.URL[:len(p.URL)-1], "abc", 403},
		"too long":            {http.MethodPut, p.URL, "abcd", 413},
		"too short":           {http.MethodPut, p.URL, "ab", 400},
	} {
		if status, body, _ := b.send(c.method, c.url, c.content); status != c.status {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if _, _, err := b.Open(t.Context(), key); !errors.Is(err, files.ErrNone) {
		t.Errorf("a refused upload left something: %v", err)
	}
	b.now = begin.Add(files.AddressLasts + time.Second)
	if status, _, _ := b.send(p.Method, p.URL, "abc"); status != http.StatusForbidden {
		t.Errorf("an address that expired: %d", status)
	}
	b.ownerOnly()
}

func TestAChunkedUploadIsBounded(t *testing.T) {
	b := open(t)
	p := b.upload(files.Key(files.Uploads, "ten_1", "a.csv"), 3)
	req, err := http.NewRequestWithContext(t.Context(), p.Method, p.URL, io.LimitReader(neverEnding{}, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // the server hung up on it
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("%d", resp.StatusCode)
	}
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) { return len(p), nil }

func TestPutReplacesAndDeleteRemoves(t *testing.T) {
	b := open(t)
	key := files.Key(files.Uploads, "ten_1", "a.csv")
	for _, content := range []string{"first", "second one"} {
		if err := b.Put(t.Context(), key, strings.NewReader(content), int64(len(content))); err != nil {
			t.Fatal(err)
		}
	}
	if raw, err := os.ReadFile(filepath.Join(b.dir, "uploads", "ten_1", "a.csv")); err != nil || string(raw) != "second one" {
		t.Errorf("%q %v", raw, err)
	}
	for range 2 {
		if err := b.Delete(t.Context(), key); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := b.Open(t.Context(), key); !errors.Is(err, files.ErrNone) {
		t.Errorf("deleted: %v", err)
	}
}

func TestKeysLeadNowhereElse(t *testing.T) {
	for _, part := range []string{"", "..", ".", "a/b", "a\\b", "a b", "\x00", "-x", "é"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q is taken as a part of a key", part)
				}
			}()
			files.Key(files.Uploads, "ten_1", part)
		}()
	}
	b := open(t)
	if _, _, err := b.Open(t.Context(), "../../etc/passwd"); err == nil {
		t.Error("a path out of the directory was opened")
	}
}
