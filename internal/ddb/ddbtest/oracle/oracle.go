// Package oracle runs dynoxide, an independent DynamoDB-compatible store,
// as a child process on the loopback interface. Tests compare the embedded
// engine with it and the benchmark measures against it; it is never part of
// the product.
package oracle

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"backoffice/internal/prooftest/port"
)

// BinaryVariable is the environment variable that names the binary.
const BinaryVariable = "DYNOXIDE_BIN"

// packagePath is where the package manager puts the binary, from the
// module's root.
const packagePath = "node_modules/@dynoxide/linux-x64/dynoxide"

// ErrAbsent says that no binary was found; its users skip.
var ErrAbsent = errors.New("dynoxide is not at hand: set " + BinaryVariable + " or install " + packagePath)

// The bounds of the wait for the child to answer: long, since a busy machine
// may take long to start it, and one that has ended is noticed at once.
const (
	startWait  = 5 * time.Minute
	startPause = 5 * time.Millisecond
)

// Process is a running oracle.
type Process struct {
	// URL is the endpoint for clients.
	URL string
	// File is the path of the database file.
	File string

	port    *port.Kept
	command *exec.Cmd
	done    chan struct{} // closed once the child is gone, with exit set
	exit    error
}

// Find returns the binary's path: the one named, unless that is empty, or
// else the one installed under the root of the module that holds the working
// directory. It fails with ErrAbsent.
func Find(named string) (string, error) {
	if named == "" {
		root, err := moduleRoot()
		if err != nil {
			return "", err
		}
		named = filepath.Join(root, packagePath)
	}
	if info, err := os.Stat(named); err != nil || info.IsDir() {
		return "", ErrAbsent
	}
	return named, nil
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", ErrAbsent
		}
		dir = parent
	}
}

// Start runs the binary over a database file in dir, readable by its owner
// only, on a free port. It returns once the store answers.
func Start(ctx context.Context, binary, dir string) (*Process, error) {
	kept, err := port.Keep()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "oracle.db")
	command := exec.Command("/bin/sh", "-c", `umask 077 && exec "$0" "$@"`, //nolint:gosec,noctx // the developer names the binary; Stop ends it
		binary, "--host", "127.0.0.1", "--port", strconv.Itoa(kept.Number), "--db-path", file)
	if err := command.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the oracle: %w", err), kept.Close())
	}
	p := &Process{
		URL: "http://" + kept.Addr(), File: file,
		port: kept, command: command, done: make(chan struct{}),
	}
	go func() {
		p.exit = command.Wait()
		close(p.done)
	}()
	if err := p.await(ctx); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// await asks until the child answers anything at all.
func (p *Process) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			return response.Body.Close()
		}
		select {
		case <-p.done:
			return fmt.Errorf("the oracle ended while starting: %w", p.exit)
		case <-ctx.Done():
			return fmt.Errorf("the oracle does not answer: %w", err)
		case <-time.After(startPause):
		}
	}
}

// Stop ends the child and waits until it is gone.
func (p *Process) Stop() error {
	if err := p.command.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.done
	return p.port.Close()
}
