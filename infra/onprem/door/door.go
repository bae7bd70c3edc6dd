// Package door is the operator's way into a running host: a socket in the data directory, which nobody but the directory's
// owner can reach. What passes through it concerns the installation as a whole and belongs to no tenant, so it is no part of
// the API.
package door

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	noteName   = "door"
	socketName = "door.sock"
	// socketBytesMax is how long the path of a socket may be on every system that matters.
	socketBytesMax    = 100
	noteMode          = 0o600
	readHeaderTimeout = 5 * time.Second
	answerBytesMax    = 1 << 20
)

// ErrClosed is a data directory that no process has open.
var ErrClosed = errors.New("no system is running on this data directory")

// Door is an open door.
type Door struct {
	dir    string
	socket string
	srv    *http.Server
	done   chan error
}

// Open makes the door of a data directory that this process holds; what an earlier process left of its own is taken away.
func Open(ctx context.Context, dir string, handler http.Handler) (*Door, error) {
	d := &Door{dir: dir, done: make(chan error, 1)}
	if err := d.place(); err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", d.socket)
	if err != nil {
		return nil, fmt.Errorf("door: %w", err)
	}
	if err := errors.Join(os.Chmod(d.socket, noteMode), os.WriteFile(filepath.Join(dir, noteName), []byte(d.socket), noteMode)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	d.srv = &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout}
	go func() { d.done <- d.srv.Serve(l) }()
	return d, nil
}

// place finds where the socket goes: into the data directory, or, where that has too long a name for a socket, into a private
// directory of its own.
func (d *Door) place() error {
	dir, err := filepath.Abs(d.dir)
	if err != nil {
		return err
	}
	d.socket = filepath.Join(dir, socketName)
	if len(d.socket) > socketBytesMax {
		if dir, err = os.MkdirTemp("", "door-"); err != nil {
			return err
		}
		d.socket = filepath.Join(dir, socketName)
	}
	if err := os.Remove(d.socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Close lets calls under way end, and takes the door away.
func (d *Door) Close(ctx context.Context) error {
	err := d.srv.Shutdown(ctx)
	if served := <-d.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	if dir, absErr := filepath.Abs(d.dir); absErr == nil && filepath.Dir(d.socket) != dir {
		err = errors.Join(err, os.RemoveAll(filepath.Dir(d.socket)))
	}
	return errors.Join(err, os.Remove(filepath.Join(d.dir, noteName)))
}

// Call posts in to the door of a data directory and reads the answer into out. ErrClosed says that nobody is there.
func Call(ctx context.Context, dir, path string, in, out any) error {
	socket, err := os.ReadFile(filepath.Join(dir, noteName))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrClosed
	}
	if err != nil {
		return err
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://door"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	var dialer net.Dialer
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, "unix", string(socket))
	}}}
	resp, err := client.Do(req)
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
			return ErrClosed // the process ended without taking its door away
		}
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerBytesMax))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(strings.TrimSpace(string(body)))
	}
	return json.Unmarshal(body, out)
}

// Answer makes a handler of a function from one JSON value to another.
func Answer[In, Out any](do func(ctx context.Context, in In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		out, err := do(r.Context(), in)
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(out); err != nil {
			return // the caller has gone
		}
	}
}
