// Command onprem is the whole back office in one process, for on-premise use and laptops: every operation that the cloud
// stacks deploy as functions, over the embedded store.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"backoffice/infra/onprem/system"
	"backoffice/internal/host/localhost"
	"backoffice/internal/platform/platformwire"
)

const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "onprem:", err)
		os.Exit(1)
	}
}

// settings are what the command line says.
type settings struct {
	addr, data, endpoint, cert, key string
	demo                            bool
}

func parse(args []string) (settings, error) {
	var s settings
	f := flag.NewFlagSet("onprem", flag.ContinueOnError)
	f.StringVar(&s.addr, "addr", "127.0.0.1:8080", "address to listen on; loopback only, unless -cert and -key are given")
	f.StringVar(&s.data, "data", ".data", "data directory")
	f.StringVar(&s.endpoint, "endpoint", "", "a DynamoDB endpoint to use instead of the embedded store")
	f.StringVar(&s.cert, "cert", "", "TLS certificate (PEM)")
	f.StringVar(&s.key, "key", "", "TLS key (PEM)")
	f.BoolVar(&s.demo, "demo", false, "set a demo company up in an empty data directory")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	if (s.cert == "") != (s.key == "") {
		return s, errors.New("-cert and -key belong together")
	}
	return s, nil
}

func run(ctx context.Context, args []string) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, s)
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	if s.cert != "" {
		address = "https://" + listener.Addr().String()
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	sys, err := system.Open(ctx, system.Options{Dir: s.data, Endpoint: s.endpoint, Address: address, Rate: localhost.RateDefault, Log: log})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := greet(ctx, sys, s, address); err != nil {
		return errors.Join(err, listener.Close(), sys.Close())
	}
	return errors.Join(serve(ctx, sys, listener, s), sys.Close())
}

// listen refuses an address that others could reach in the clear.
func listen(ctx context.Context, s settings) (net.Listener, error) {
	host, _, err := net.SplitHostPort(s.addr)
	if err != nil {
		return nil, fmt.Errorf("-addr: %w", err)
	}
	if ip := net.ParseIP(host); s.cert == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, errors.New("-addr: only a loopback address is served without TLS; give -cert and -key")
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", s.addr)
}

func serve(ctx context.Context, sys *system.System, l net.Listener, s settings) error {
	srv := &http.Server{Handler: sys.Host, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout}
	failed := make(chan error, 1)
	go func() {
		if s.cert != "" {
			failed <- srv.ServeTLS(l, s.cert, s.key)
		} else {
			failed <- srv.Serve(l)
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return localhost.Shutdown(srv) //nolint:contextcheck // the context has ended: requests under way get a grace of their own
	}
}

// greet tells how to sign in: with the demo company's people, or with the first administrator's one-time code.
func greet(ctx context.Context, sys *system.System, s settings, address string) error {
	fmt.Printf("\nBack Office System at %s  (OpenAPI: %s/openapi.json)\n", address, address)
	code, err := platformwire.OfferClaim(ctx, sys.Env)
	if err != nil {
		return err
	}
	if code != "" {
		fmt.Printf("No administrator yet. Claim the system once with the code %s:\n  POST %s/platform/v1/first-administrator\n", code, address)
	}
	return nil
}
