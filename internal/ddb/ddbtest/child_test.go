package ddbtest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"backoffice/internal/ddb"
)

// childVariable makes this test binary a store that can be killed: its value
// is the port, and childDirVariable names the data directory.
const (
	childVariable    = "DDBTEST_CHILD_PORT"
	childDirVariable = "DDBTEST_CHILD_DIR"
	childReady       = "serving"
	pidHeader        = "X-Store-Pid"
)

// TestMain runs the tests, or the store that a test started as its child.
func TestMain(m *testing.M) {
	if port := os.Getenv(childVariable); port != "" {
		fmt.Fprintln(os.Stderr, serveChild(port, os.Getenv(childDirVariable)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// serveChild serves a durable store until the process is killed. Each answer
// names the process, so that a test knows who served it.
func serveChild(port, dir string) error {
	engine, err := ddb.Open(ddb.Options{Dir: dir})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	store, pid := engine.Handler(defaultKeyID, defaultSecret), strconv.Itoa(os.Getpid())
	fmt.Println(childReady)
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(pidHeader, pid)
		store.ServeHTTP(w, r)
	}))
}

// child is a running store process.
type child struct {
	command   *exec.Cmd
	port      int
	transport *http.Transport
	strangers atomic.Int64 // answers that another process gave
}

// startChild runs a store over dir on a port that is kept for it, where nobody
// else listens, and waits until it serves.
func startChild(t *testing.T, dir string, port int) *child {
	t.Helper()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), fmt.Sprintf("%s=%d", childVariable, port), childDirVariable+"="+dir)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil || line != childReady+"\n" {
		_ = command.Process.Kill()
		_ = command.Wait()
		t.Fatalf("the store did not start: %q, %v", line, err)
	}
	return &child{command: command, port: port, transport: &http.Transport{MaxIdleConnsPerHost: idleConnectionsMax}}
}

// RoundTrip sends a request and looks who answers it.
func (c *child) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.transport.RoundTrip(request)
	if err == nil && response.Header.Get(pidHeader) != strconv.Itoa(c.command.Process.Pid) {
		c.strangers.Add(1)
	}
	return response, err
}

// clients are SDK clients of the child; once is one that never repeats a
// request, so that its caller knows what is in doubt.
func (c *child) clients() (all *Suite, once *dynamodb.Client) {
	target := Target{Name: "child", Endpoint: fmt.Sprintf("http://127.0.0.1:%d", c.port), Client: &http.Client{Transport: c}}
	clients := NewClients(target)
	once = dynamodb.NewFromConfig(clients.Config, func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} })
	return &Suite{Clients: clients, target: target, shared: &sharedState{tables: map[string]bool{}, seen: map[string]bool{}}}, once
}

// kill ends the child the hard way, and demands that it was the one that
// served and that nothing serves after it.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.command.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatalf("the store had ended before it was killed: %v", err)
	}
	_ = c.command.Wait()
	status, ok := c.command.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the store was not killed: %v", c.command.ProcessState)
	}
	c.transport.CloseIdleConnections()
	if n := c.strangers.Load(); n > 0 {
		t.Fatalf("%d answers came from another process", n)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if connection, err := new(net.Dialer).DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", c.port)); err == nil {
		_ = connection.Close()
		t.Fatal("something still listens on the port")
	}
}
