// Command store serves the embedded store alone on a loopback port, so that
// any DynamoDB client can be pointed at it. The key pair that requests must be
// signed with is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"backoffice/internal/ddb"
)

const (
	headerWait = 10 * time.Second
	// stopWait is how long calls under way may take to end.
	stopWait = 30 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "store:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends; the first line of out is the address.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("store", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:8000", "loopback address to listen at; port 0 takes a free one")
	dir := flags.String("dir", "", "data directory; without it all is in memory")
	region := flags.String("region", "", "region that ARNs name")
	if err := flags.Parse(args); err != nil {
		return err
	}
	keyID, secret := getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY")
	if keyID == "" || secret == "" {
		return errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set: requests are signed with them")
	}
	l, err := listen(ctx, *addr)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	e, err := ddb.Open(ddb.Options{Dir: *dir, Region: *region, Logger: log}) //nolint:contextcheck // it is closed below, not by ctx
	if err != nil {
		return errors.Join(err, l.Close())
	}
	srv := &http.Server{Handler: e.Handler(keyID, secret), ReadHeaderTimeout: headerWait}
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	return errors.Join(serve(ctx, srv, l), e.Close())
}

// listen refuses an address that other machines could reach.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if a, ok := l.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("%s is no loopback address", addr), l.Close())
	}
	return l, nil
}

// serve answers until ctx ends, and then lets calls under way end.
func serve(ctx context.Context, srv *http.Server, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
	defer cancel()
	err := srv.Shutdown(stopping)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
