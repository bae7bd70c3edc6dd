package main

import (
	"context"
	"crypto/tls"
	_ "embed" // the launcher is run by Python, which reads it as text
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

	"backoffice/internal/prooftest/port"
	"backoffice/scripts/awscall"
)

//go:embed launch.py
var launcher string

const (
	region      = "eu-west-2"
	account     = "000000000000"
	pollPause   = 100 * time.Millisecond
	logTailLine = 30
	// The waits end a proof that hangs. On a busy machine all takes many times as long, and that is no failure.
	startWait = 5 * time.Minute
	stopWait  = time.Minute
	callWait  = 10 * time.Minute
)

// emulator is a running AWS emulator, which listens on the loopback address only.
type emulator struct {
	cmd    *exec.Cmd
	url    string
	port   *port.Kept
	log    string
	kept   string       // where it unpacks the functions, hundreds of megabytes that nobody needs after it
	cert   *certificate // nil where it speaks without TLS
	client *http.Client // reaches it under whatever name
	done   chan ending
}

// ending is how the emulator's process ended.
type ending struct{ err error }

// startEmulator starts the emulator on a port that is kept for it and waits until it answers. Its functions find it by AWS_ENDPOINT_URL,
// which they inherit. Where IAM is enforced, it speaks TLS and checks every call against the policies of its caller.
func startEmulator(ctx context.Context, t *tools, how mode) (*emulator, error) {
	kept, err := port.Keep()
	if err != nil {
		return nil, err
	}
	e := &emulator{url: "http://" + kept.Addr(), port: kept, log: filepath.Join(t.root, "build", "emulator.log"), done: make(chan ending, 1)}
	env := []string{"BIND_HOST=127.0.0.1", "GATEWAY_PORT=" + strconv.Itoa(kept.Number), "MINISTACK_REGION=" + region, "IOT_MTLS_ENABLED=0",
		"MINISTACK_COGNITO_PRETOKEN_STRICT=1", "LAMBDA_ACCOUNT_CONCURRENCY=1000"} // as many as an account of AWS's has, whatever this machine's memory
	if how == enforced {
		if e.cert, err = newCertificate(filepath.Join(t.root, "build")); err != nil {
			return nil, err
		}
		e.url, e.log = "https://"+kept.Addr(), filepath.Join(t.root, "build", "emulator-enforced.log")
		env = append(env, "AUTH=true", "USE_SSL=1", "MINISTACK_SSL_CERT="+e.cert.cert, "MINISTACK_SSL_KEY="+e.cert.key)
	}
	e.client = e.httpClient()
	if e.kept, err = os.MkdirTemp(filepath.Join(t.root, "build"), "emulator-"); err != nil {
		return nil, err
	}
	log, err := os.Create(e.log)
	if err != nil {
		return nil, err
	}
	launch := filepath.Join(t.root, "build", "launch.py")
	if err := os.WriteFile(launch, []byte(launcher), 0o600); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	e.cmd = exec.Command(t.python, launch) //nolint:gosec,noctx // G204: our own program, stopped by stop
	e.cmd.Dir = filepath.Join(t.root, "build")
	e.cmd.Env = t.environment(append(e.credentials(), append(env, "TMPDIR="+e.kept)...)...)
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

// httpClient leads every host name to the emulator, whichever resolver this machine has.
func (e *emulator) httpClient() *http.Client {
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, e.port.Addr())
	}}
	if e.cert != nil {
		transport.TLSClientConfig = &tls.Config{RootCAs: e.cert.pool, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Timeout: callWait, Transport: transport}
}

// credentials point every AWS client at the emulator, as the root of an account that is none.
func (e *emulator) credentials() []string {
	return append([]string{"AWS_ENDPOINT_URL=" + e.url, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=" + region,
		"AWS_DEFAULT_REGION=" + region}, e.cert.environment()...)
}

// config is the same for clients in this process.
func (e *emulator) config() aws.Config {
	return aws.Config{Region: region, BaseEndpoint: &e.url, HTTPClient: e.client, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

// account is what the module has no client for.
func (e *emulator) account() awscall.Account { return awscall.Account{Config: e.config()} }

func (e *emulator) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+"/_ministack/health", nil)
		if err != nil {
			return err
		}
		if resp, err := e.client.Do(req); err == nil {
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
	_ = os.RemoveAll(e.kept)
	_ = e.port.Close()
}

// tail gives the end of the emulator's log, in which the functions' logs stand.
func (e *emulator) tail() string {
	raw, err := os.ReadFile(e.log)
	if err != nil {
		return ""
	}
	return lastLines(string(raw), logTailLine)
}
