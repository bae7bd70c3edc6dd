// Command benchstore measures the embedded store against dynoxide, and by
// itself as it grows, and writes docs/benchmarks-store.md. Both stores are
// measured in turns within one run, so that only the ratios count. An aim that
// was missed is written down as missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"backoffice/internal/ddb/ddbtest/oracle"
)

// settings are the sizes of one run.
type settings struct {
	puts   int    // of one block, at each number of clients
	blocks int    // of each measurement, by turns
	items  int    // of the store that has grown; 0 leaves growth out
	out    string // the page to write
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "benchstore:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	var s settings
	flag.IntVar(&s.puts, "puts", 4000, "writes in one block of a measurement")
	flag.IntVar(&s.blocks, "blocks", 7, "blocks of each measurement")
	flag.IntVar(&s.items, "items", 1_000_000, "items of the store that has grown; 0 leaves growth out")
	flag.StringVar(&s.out, "out", filepath.Join("docs", "benchmarks-store.md"), "the page to write")
	serve := flag.String("serve", "", "serve a store over this directory, for a run of this program")
	flag.Parse()
	if *serve != "" {
		return serveStore(ctx, *serve)
	}
	dir, err := os.MkdirTemp("", "benchstore")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	page := &report{settings: s}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		one, _, _ := strings.Cut(string(load), " ")
		page.note("The machine's load before the run was %s: on a busy machine only the ratios mean anything.", one)
	}
	if err := compare(ctx, s, dir, page); err != nil {
		return err
	}
	if s.items > 0 {
		if err := grow(ctx, s, dir, page); err != nil {
			return err
		}
	}
	return os.WriteFile(s.out, page.markdown(), 0o644) //nolint:gosec // a page of the documentation
}

// startOracle runs dynoxide with its index repaired, or says why not.
func startOracle(ctx context.Context, dir string, page *report) (*contender, func() error, error) {
	binary, err := oracle.Find(os.Getenv(oracle.BinaryVariable))
	if err != nil {
		page.note("dynoxide was not at hand (%v): nothing was compared with it.", err)
		return nil, func() error { return nil }, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	process, err := oracle.Start(ctx, binary, dir)
	if err != nil {
		return nil, nil, err
	}
	other, err := newContender(ctx, "dynoxide", process.URL, nil)
	if err != nil {
		return nil, nil, errors.Join(err, process.Stop())
	}
	if err := oracle.Repair(ctx, process.File); err != nil {
		page.note("dynoxide's index was **not** repaired (%v): with it, dynoxide would be faster.", err)
	} else {
		page.note("dynoxide's missing index on its stream records was created through node:sqlite while it ran.")
	}
	return other, process.Stop, nil
}
