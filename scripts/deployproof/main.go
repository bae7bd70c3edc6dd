// Command deployproof deploys every stack, for real, onto an AWS emulator on this machine, and calls what was deployed: it signs
// a person in with a second factor, sends commands and queries through the HTTP APIs and their token checks, and watches a
// posted journal reach the trial balance by way of the table's stream. docs/deploy-proof.md says what that shows and what not.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

func main() {
	keep := flag.Bool("keep", false, "leave the deployed system up until interrupted, to try by hand")
	root := flag.String("root", ".", "folder of the module")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *root, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "deploy proof FAILED:", err)
		stop()
		os.Exit(1) //nolint:gocritic // exitAfterDefer: stopped the line before
	}
}

// clock tells how long each step took.
type clock struct{ start, last time.Time }

func (c *clock) done(format string, args ...any) {
	now := time.Now()
	fmt.Printf("%6.1fs  %s (%.1fs)\n", now.Sub(c.start).Seconds(), fmt.Sprintf(format, args...), now.Sub(c.last).Seconds())
	c.last = now
}

func run(ctx context.Context, root string, keep bool) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	c := &clock{start: time.Now(), last: time.Now()}
	t, err := prepareTools(ctx, root)
	if err != nil {
		return err
	}
	c.done("tools are at hand")
	if err := t.command(ctx, nil, "go", "run", "./scripts/zip", "-arch", runtime.GOARCH, "-quick"); err != nil {
		return err
	}
	c.done("functions are built and packed for %s", runtime.GOARCH)
	emulator, err := startEmulator(ctx, t)
	if err != nil {
		return err
	}
	defer emulator.stop()
	c.done("the emulator answers at %s", emulator.url)
	outputs, err := deploy(ctx, t, emulator)
	if err != nil {
		return err
	}
	c.done("bootstrapped, and deployed every stack")
	p, err := newProof(ctx, emulator, outputs)
	if err != nil {
		return err
	}
	if err := p.prove(ctx, c); err != nil {
		return fmt.Errorf("%w\n%s", err, emulator.tail())
	}
	fmt.Println("deploy proof passed")
	if keep {
		fmt.Println("the system stays up; interrupt to end it")
		for domain, url := range outputs.urls {
			fmt.Printf("  %s: %s\n", domain, url)
		}
		<-ctx.Done()
	}
	return nil
}
