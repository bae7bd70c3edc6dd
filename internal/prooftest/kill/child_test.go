// Package kill ends the whole system by kill -9 in the middle of its work, again and again, and reads back what it had
// acknowledged.
package kill

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"backoffice/infra/onprem/system"
	"backoffice/internal/platform/platformwire"
	"backoffice/internal/prooftest/faults"
)

// The test runs itself again as the process that is killed; these variables tell it so, and how.
const (
	variableDir   = "PROOF_HOST_DIR"
	variableAddr  = "PROOF_HOST_ADDRESS"
	variablePlant = "PROOF_HOST_LOSES" // which acknowledged journal the store loses, counted from 1; "" for none
	variableStore = "PROOF_HOST_STORE" // endpoint of a store that is a process of its own; "" for the embedded one
)

// headerProcess names on every answer the process that gave it.
const headerProcess = "X-Proof-Process"

// readyLine is what the process prints when it serves; a line with the one-time code may stand before it.
const (
	readyLine = "READY"
	codeLine  = "CODE "
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(variableDir); dir != "" {
		if err := host(context.Background(), dir, os.Getenv(variableAddr), os.Getenv(variablePlant)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// host is the whole system as infra/onprem runs it, until it is killed.
func host(ctx context.Context, dir, addr, loses string) error {
	l, err := net.Listen("tcp", addr) // fails when somebody else is there
	if err != nil {
		return err
	}
	options := system.Options{Dir: dir, Address: "http://" + addr, Endpoint: os.Getenv(variableStore)}
	if loses != "" {
		n, err := strconv.Atoi(loses)
		if err != nil {
			return err
		}
		options.Transport = losing(n)
	}
	sys, err := system.Open(ctx, options)
	if err != nil {
		return err
	}
	code, err := platformwire.OfferClaim(ctx, sys.Env)
	if err != nil {
		return err
	}
	if code != "" {
		fmt.Println(codeLine + code)
	}
	fmt.Println(readyLine)
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(headerProcess, strconv.Itoa(os.Getpid()))
		sys.Host.ServeHTTP(w, r)
	})}
	return srv.Serve(l)
}

// losing plants a store that acknowledges the n-th journal and loses it: the transaction that should have written it never
// happens.
func losing(n int) func(http.RoundTripper) http.RoundTripper {
	var seen atomic.Int64
	return func(next http.RoundTripper) http.RoundTripper {
		return &faults.Tamper{Next: next, Change: func(c *faults.Call) {
			for _, a := range c.Actions() {
				if !strings.Contains(faults.Text(a, "Put", "Item", "pk", "S"), "|JRN|") {
					continue
				}
				if seen.Add(1) == int64(n) {
					c.Answer = map[string]any{}
				}
			}
		}}
	}
}
