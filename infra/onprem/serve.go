package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/rs/cors"

	"backoffice/infra/onprem/demo"
	"backoffice/infra/onprem/system"
	"backoffice/internal/clock"
	"backoffice/internal/host/browser"
	"backoffice/internal/host/localhost"
)

const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
)

// settings are what the command line says.
type settings struct {
	addr, data, endpoint, cert, key, issuers string
	origins                                  []string
	demo                                     bool
}

func parse(args []string, errs io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("onprem", flag.ContinueOnError)
	f.StringVar(&s.addr, "addr", "127.0.0.1:8080", "address to listen on; loopback only, unless -cert and -key are given")
	f.StringVar(&s.data, "data", ".data", "data directory")
	f.StringVar(&s.endpoint, "endpoint", "", "a DynamoDB endpoint to use instead of the embedded store")
	f.StringVar(&s.cert, "cert", "", "TLS certificate (PEM)")
	f.StringVar(&s.key, "key", "", "TLS key (PEM)")
	f.StringVar(&s.issuers, "issuers", "", "JSON file of identity providers whose access tokens are accepted, too")
	f.Func("origins", "origins whose pages may call from a browser, such as https://app.example.com,https://intranet; none unless given", func(list string) error {
		s.origins = strings.Split(list, ",")
		return browser.Check(s.origins)
	})
	f.BoolVar(&s.demo, "demo", false, "set a demo company up in an empty data directory; loopback only")
	if err := parseFlags(f, args, errs); err != nil {
		return s, err
	}
	if s.data == "" {
		return s, errors.New("-data: the name of a directory is needed")
	}
	if (s.cert == "") != (s.key == "") {
		return s, errors.New("-cert and -key belong together")
	}
	return s, s.checkAddress()
}

// checkAddress refuses an address that others could reach in the clear, and one where others could use the demo's passwords.
func (s settings) checkAddress() error {
	host, _, err := net.SplitHostPort(s.addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	ip := net.ParseIP(host)
	loopback := host == "localhost" || ip != nil && ip.IsLoopback()
	if loopback {
		return nil
	}
	stands, err := demo.Stands(s.data)
	switch {
	case err != nil:
		return err
	case s.demo || stands:
		return errors.New("-addr: a demo company is served on a loopback address only: its passwords are no secret")
	case s.cert == "":
		return errors.New("-addr: only a loopback address is served without TLS; give -cert and -key")
	}
	return nil
}

// certificate reads the TLS certificate; none where none is given.
func (s settings) certificate() ([]tls.Certificate, error) {
	if s.cert == "" {
		return nil, nil
	}
	c, err := tls.LoadX509KeyPair(s.cert, s.key)
	if err != nil {
		return nil, fmt.Errorf("-cert, -key: %w", err)
	}
	return []tls.Certificate{c}, nil
}

// serve runs the system until the context ends.
func serve(ctx context.Context, args []string, out, errs io.Writer) error {
	started := clock.System()
	s, err := parse(args, errs)
	if err != nil {
		return err
	}
	external, err := readIssuers(s.issuers)
	if err != nil {
		return err
	}
	certificates, err := s.certificate() // before anything is made: what cannot be served is not begun
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", s.addr)
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	if s.cert != "" {
		address = "https://" + listener.Addr().String()
	}
	now := demo.NewClock(clock.System)
	var level slog.LevelVar
	log := slog.New(slog.NewJSONHandler(errs, &slog.HandlerOptions{Level: &level}))
	sys, err := system.Open(ctx, system.Options{Dir: s.data, Endpoint: s.endpoint, Address: address, Rate: localhost.RateDefault, Log: log, Clock: now.Now,
		External: external})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	shut, err := openDoor(ctx, sys, s)
	if err != nil {
		return errors.Join(err, listener.Close(), sys.Close())
	}
	g := greeter{out: out, sys: sys, address: address, settings: s, clock: now}
	level.Set(slog.LevelWarn) // the hundreds of calls that set up a demo company would hide what is said of it
	err = g.greet(ctx)
	level.Set(slog.LevelInfo)
	if err != nil {
		return errors.Join(err, listener.Close(), shut(context.WithoutCancel(ctx)), sys.Close())
	}
	_, _ = fmt.Fprintf(out, "Ready in %d ms.\n", clock.System().Sub(started).Milliseconds())
	failed := answer(ctx, sys, listener, s, certificates)
	return errors.Join(failed, shut(context.WithoutCancel(ctx)), sys.Close())
}

// pages lets pages of the allowed origins call from browsers. None send cookies: whoever calls shows a token.
func (s settings) pages(next http.Handler) http.Handler {
	if len(s.origins) == 0 {
		return next
	}
	return cors.New(cors.Options{AllowedOrigins: s.origins, AllowedMethods: browser.Methods(), AllowedHeaders: browser.Sent(),
		ExposedHeaders: browser.Shown(), MaxAge: browser.PreflightSeconds}).Handler(next)
}

// answer serves requests until the context ends, and lets those under way end.
func answer(ctx context.Context, sys *system.System, l net.Listener, s settings, certificates []tls.Certificate) error {
	srv := &http.Server{Handler: s.pages(sys.Host), ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		TLSConfig: &tls.Config{Certificates: certificates, MinVersion: tls.VersionTLS12}}
	failed := make(chan error, 1)
	go func() {
		if len(certificates) > 0 {
			failed <- srv.ServeTLS(l, "", "")
		} else {
			failed <- srv.Serve(l)
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return localhost.Shutdown(srv)
	}
}
