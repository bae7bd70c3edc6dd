package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"backoffice/internal/ddb"
)

// The key pair of the stores that run for the measurement alone, which is the
// one that clients are made with.
const (
	keyID  = "local"
	secret = "localsecret"
)

// The names of the works that aims are about.
const (
	puts16    = "put, 16 clients"
	fours1    = "transaction of 4, 1 client"
	fours16   = "transaction of 4, 16 clients"
	inProcess = "engine, in process"
	overPort  = "engine, over its port"
)

// works are the operations that stores are compared by.
func works(ctx context.Context, puts int) []work {
	put := func(clients int) work {
		return work{fmt.Sprintf("put, %d client%s", clients, plural(clients)), clients, puts, func(c *contender) func(int) error {
			from := c.take(puts)
			return func(n int) error { return c.put(ctx, from+n) }
		}}
	}
	get := func(clients int) work {
		return work{fmt.Sprintf("get, %d client%s", clients, plural(clients)), clients, puts, func(c *contender) func(int) error {
			random := rand.New(rand.NewPCG(2, uint64(c.next))) //nolint:gosec // not for secrets
			serials := make([]int, puts)
			for i := range serials {
				serials[i] = random.IntN(c.next)
			}
			return func(n int) error { return c.get(ctx, serials[n]) }
		}}
	}
	transact := func(size, clients, count int) work {
		return work{fmt.Sprintf("transaction of %d, %d client%s", size, clients, plural(clients)), clients, count, func(c *contender) func(int) error {
			from := c.take(size * count)
			return func(n int) error { return c.transact(ctx, from+n*size, size) }
		}}
	}
	return []work{
		put(1), put(16), get(1), get(16), transact(4, 1, puts/4), transact(4, 16, puts/4), transact(25, 1, puts/16), transact(100, 1, puts/40),
	}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// take reserves serial numbers for a block.
func (c *contender) take(count int) int {
	from := c.next
	c.next += count
	return from
}

// open opens a durable store.
func open(dir string) (*ddb.Engine, error) { return ddb.Open(ddb.Options{Dir: dir}) }

// compare measures the engine, in process and over its port, and dynoxide.
func compare(ctx context.Context, s settings, dir string, page *report) (err error) {
	engine, err := open(filepath.Join(dir, "engine")) //nolint:contextcheck // a store outlives the call that opens it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	served, err := open(filepath.Join(dir, "served")) //nolint:contextcheck // a store outlives the call that opens it
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, served.Close()) }()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: served.Handler(keyID, secret), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer func() { err = errors.Join(err, server.Close()) }()
	first, err := newContender(ctx, inProcess, "http://store.invalid", engine.RoundTripper())
	if err != nil {
		return err
	}
	second, err := newContender(ctx, overPort, "http://"+listener.Addr().String(), nil)
	if err != nil {
		return err
	}
	stores := []*contender{first, second}
	other, stop, err := startOracle(ctx, filepath.Join(dir, "oracle"), page)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if other != nil {
		stores = append(stores, other)
	}
	for _, w := range works(ctx, s.puts) {
		before := engine.Stats()
		samples, err := byTurns(s.blocks, stores, w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		after := engine.Stats()
		row := comparison{work: w.name, clients: w.clients, samples: samples}
		if syncs := after.Syncs - before.Syncs; syncs > 0 {
			row.commitsPerSync = float64(after.Commits-before.Commits) / float64(syncs)
		}
		page.comparisons = append(page.comparisons, row)
		fmt.Println(row)
	}
	return encodingCost(ctx, s, first, page)
}
