package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	target = "docs/costs.md"
	// measured keeps the figures of the trial balance, which take minutes to measure.
	measured = "scripts/costs/trial-balance.json"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "costs:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("costs", flag.ContinueOnError)
	check := f.Bool("check", false, "compare instead of writing")
	durations := f.Bool("durations", false, "measure anew how long operations take themselves; the figures count from the next run on")
	lines := f.String("lines", "", "numbers of lines, separated by commas, at which to measure the trial balance anew")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *lines != "" {
		if err := remeasure(ctx, *lines); err != nil {
			return err
		}
	}
	if *durations {
		all, err := operationCosts(ctx)
		if err != nil {
			return err
		}
		return remeasureDurations(all, time.Now(), fmt.Sprintf("%d shared processors, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH))
	}
	text, err := document(ctx)
	if err != nil {
		return err
	}
	if !*check {
		return os.WriteFile(target, text, 0o644) //nolint:gosec // G306: a document for everyone
	}
	have, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, text) {
		return errors.New(target + " is out of date: run go run ./scripts/costs")
	}
	return nil
}

func remeasure(ctx context.Context, list string) error {
	var sizes []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("-lines: %w", err)
		}
		sizes = append(sizes, n)
	}
	rows, err := trialBalances(ctx, sizes)
	if err != nil {
		return err
	}
	return save(measured, rows)
}
