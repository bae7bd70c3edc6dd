// Command coldstart measures what a function costs before it is of any use: the processor time, user and system, until it asks
// for its first request, and until it has answered that one. It is compared with an empty Go program and with the smallest
// Lambda function. The functions run on this machine, against a runtime API and a store that this program serves on the loopback
// address; processor time, unlike waiting, is much the same wherever it is spent. docs/benchmarks.md holds the figures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"backoffice/internal/catalog"
	"backoffice/scripts/zip/bootstrap"
)

const operationsDefault = "finance.get-entity,finance.record-journal,finance.get-trial-balance,platform.list-users"

func main() {
	operations := flag.String("operations", operationsDefault, "ids of the operations to measure, comma separated")
	runs := flag.Int("runs", 21, "how often each is started; the median counts")
	flag.Parse()
	if err := run(context.Background(), strings.Split(*operations, ","), *runs); err != nil {
		fmt.Fprintln(os.Stderr, "coldstart:", err)
		os.Exit(1)
	}
}

// figures are medians of processor time.
type figures struct{ ready, answered time.Duration }

func run(ctx context.Context, operations []string, runs int) error {
	dir, err := os.MkdirTemp("", "coldstart")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := newSurroundings(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	empty, err := program(ctx, dir, "scripts/coldstart/empty")
	if err != nil {
		return err
	}
	base, err := median(runs, func() (time.Duration, error) { return s.toTheEnd(ctx, empty) })
	if err != nil {
		return err
	}
	fmt.Printf("| function | before the first request | ratio | first request answered | ratio |\n| --- | ---: | ---: | ---: | ---: |\n")
	fmt.Printf("| an empty Go program, from start to end | %s | 1 | | |\n", milliseconds(base))
	smallest, err := program(ctx, dir, "scripts/coldstart/lambda")
	if err != nil {
		return err
	}
	f, err := s.measure(ctx, smallest, []byte("{}"), runs)
	if err != nil {
		return err
	}
	row("the smallest Lambda function", f, base)
	for _, id := range operations {
		if err := s.operation(ctx, dir, id, runs, base); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return nil
}

func (s *surroundings) operation(ctx context.Context, dir, id string, runs int, base time.Duration) error {
	o, err := catalog.Find(id)
	if err != nil {
		return err
	}
	spec := o.Describe()
	bin, err := program(ctx, dir, "functions/"+spec.Domain()+"/"+spec.Name())
	if err != nil {
		return err
	}
	event, err := request(spec)
	if err != nil {
		return err
	}
	f, err := s.measure(ctx, bin, event, runs)
	if err != nil {
		return err
	}
	row("`"+id+"`", f, base)
	return nil
}

// program builds a main as for a release, but for this machine.
func program(ctx context.Context, dir, pattern string) (string, error) {
	into := filepath.Join(dir, strings.ReplaceAll(pattern, "/", "-"))
	err := bootstrap.Build(ctx, bootstrap.Options{Root: ".", Arch: runtime.GOARCH, Release: true}, into, "./"+pattern)
	return filepath.Join(into, filepath.Base(pattern)), err
}

func row(name string, f figures, base time.Duration) {
	ratio := func(d time.Duration) float64 { return float64(d) / float64(base) }
	fmt.Printf("| %s | %s | %.1f | %s | %.1f |\n", name, milliseconds(f.ready), ratio(f.ready), milliseconds(f.answered), ratio(f.answered))
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }

// median runs something often and takes the middle: a busy machine spoils some runs, and these are far out.
func median(runs int, one func() (time.Duration, error)) (time.Duration, error) {
	all := make([]time.Duration, 0, runs)
	for range runs {
		d, err := one()
		if err != nil {
			return 0, err
		}
		all = append(all, d)
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}
