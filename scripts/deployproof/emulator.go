package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

const (
	region      = "eu-west-2"
	account     = "000000000000"
	startWait   = 30 * time.Second
	stopWait    = 10 * time.Second
	pollPause   = 100 * time.Millisecond
	logTailLine = 30
)

// emulator is a running AWS emulator, which listens on the loopback address only.
type emulator struct {
	cmd  *exec.Cmd
	url  string
	port int
	log  string
	done chan ending
}

// ending is how the emulator's process ended.
type ending struct{ err error }

// startEmulator starts the emulator on a free port and waits until it answers. Its functions find it by AWS_ENDPOINT_URL,
// which they inherit.
func startEmulator(ctx context.Context, t *tools) (*emulator, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	e := &emulator{url: "http://127.0.0.1:" + strconv.Itoa(port), port: port, log: filepath.Join(t.root, "build", "emulator.log"), done: make(chan ending, 1)}
	log, err := os.Create(e.log)
	if err != nil {
		return nil, err
	}
	e.cmd = exec.Command(filepath.Join(t.venv, "bin", "ministack")) //nolint:gosec,noctx // G204: our own program, stopped by stop
	e.cmd.Dir = filepath.Join(t.root, "build")
	e.cmd.Env = t.environment(append(e.credentials(), "BIND_HOST=127.0.0.1", "GATEWAY_PORT="+strconv.Itoa(port), "MINISTACK_REGION="+region,
		"IOT_MTLS_ENABLED=0", "MINISTACK_COGNITO_PRETOKEN_STRICT=1")...)
	e.cmd.Stdout, e.cmd.Stderr = log, log
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := e.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { e.done <- ending{errors.Join(e.cmd.Wait(), log.Close())} }()
	if err := e.await(ctx); err != nil {
		e.stop()
		return nil, fmt.Errorf("%w\n%s", err, e.tail())
	}
	return e, nil
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // a TCP listener has no other
	return port, l.Close()
}

// credentials point every AWS client at the emulator; the keys are of no account.
func (e *emulator) credentials() []string {
	return []string{"AWS_ENDPOINT_URL=" + e.url, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region}
}

// config is the same for clients in this process.
func (e *emulator) config() aws.Config {
	return aws.Config{Region: region, BaseEndpoint: &e.url, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

func (e *emulator) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+"/_ministack/health", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			if resp.Body.Close() == nil && resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case end := <-e.done:
			e.done <- end
			return fmt.Errorf("the emulator has ended: %w", end.err)
		case <-ctx.Done():
			return fmt.Errorf("the emulator does not answer: %w", ctx.Err())
		case <-time.After(pollPause):
		}
	}
}

// stop ends the emulator and the functions that it started, which are of its process group.
func (e *emulator) stop() {
	_ = e.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-e.done:
	case <-time.After(stopWait):
	}
	_ = syscall.Kill(-e.cmd.Process.Pid, syscall.SIGKILL) // whatever is left of the group
}

// tail gives the end of the emulator's log, in which the functions' logs stand.
func (e *emulator) tail() string {
	raw, err := os.ReadFile(e.log)
	if err != nil {
		return ""
	}
	return lastLines(string(raw), logTailLine)
}
