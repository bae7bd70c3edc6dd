// Command deployproof deploys the stacks, for real, onto an AWS emulator on this machine, and runs the end-to-end suite over
// what was deployed: once as it is, and once more with every call checked against the policies of its caller. With -keep it
// leaves the deployed system up to try by hand instead. docs/deploy-proof.md says what that shows and what not.
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

	"backoffice/internal/e2e"
)

func main() {
	keep := flag.Bool("keep", false, "leave the deployed system up until interrupted, to try by hand, and prove nothing")
	only := flag.String("only", "", "one of the runs: open, where nobody's policies are looked at, enforced, or restore, where restored tables are gone over to; the first two unless given")
	root := flag.String("root", ".", "folder of the module")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *root, *keep, *only); err != nil {
		fmt.Fprintln(os.Stderr, "deploy proof FAILED:", err)
		stop()
		os.Exit(1) //nolint:gocritic // exitAfterDefer: stopped the line before
	}
}

// mode is how the emulator takes IAM.
type mode string

const (
	open     mode = "open"     // nobody's policies are looked at
	enforced mode = "enforced" // every call is checked against the policies of its caller
)

// stopwatch tells how long each step took.
type stopwatch struct{ start, last time.Time }

func (c *stopwatch) done(format string, args ...any) {
	now := time.Now()
	fmt.Printf("%6.1fs  %s (%.1fs)\n", now.Sub(c.start).Seconds(), fmt.Sprintf(format, args...), now.Sub(c.last).Seconds())
	c.last = now
}

func run(ctx context.Context, root string, keep bool, only string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	c := &stopwatch{start: time.Now(), last: time.Now()}
	t, a, err := prepare(ctx, c, root)
	if err != nil {
		return err
	}
	if keep {
		return onEmulator(ctx, c, t, a, open, func(at *cloud) error { return stay(ctx, at) })
	}
	if only == restoring {
		return restored(ctx, c, t, a)
	}
	for _, how := range []mode{open, enforced} {
		if only != "" && only != string(how) {
			continue
		}
		if err := proveOn(ctx, c, t, a, how); err != nil {
			return err
		}
	}
	fmt.Println("deploy proof passed")
	return nil
}

// prepare makes what every run uses: tools, functions and templates.
func prepare(ctx context.Context, c *stopwatch, root string) (*tools, *assembly, error) {
	t, err := prepareTools(ctx, root)
	if err != nil {
		return nil, nil, err
	}
	c.done("tools are at hand")
	if err := t.command(ctx, nil, "go", "run", "./scripts/zip", "-arch", runtime.GOARCH, "-quick"); err != nil {
		return nil, nil, err
	}
	c.done("functions are built and packed for %s", runtime.GOARCH)
	a, err := synthesise(ctx, t, "")
	if err != nil {
		return nil, nil, err
	}
	c.done("%d stacks are synthesised", len(a.stacks)+len(a.unproven))
	fmt.Print(a.leftOut())
	return t, a, nil
}

// proveOn makes one of the two runs. The open one tries what operators do around a deployment, too.
func proveOn(ctx context.Context, c *stopwatch, t *tools, a *assembly, how mode) error {
	if how == enforced {
		return onEmulator(ctx, c, t, a, how, func(at *cloud) error { return prove(ctx, c, at) })
	}
	return onReady(ctx, c, t, a, how, tryBefore, func(at *cloud) error {
		if err := tryAfter(ctx, c, t, at.emulator, a); err != nil {
			return err
		}
		if err := prove(ctx, c, at); err != nil {
			return err
		}
		return tryToDestroy(ctx, c, t, at)
	})
}

// onEmulator starts an emulator, deploys onto it, and has something done with the deployed system.
func onEmulator(ctx context.Context, c *stopwatch, t *tools, a *assembly, how mode, do func(*cloud) error) error {
	return onReady(ctx, c, t, a, how, func(ctx context.Context, _ *stopwatch, t *tools, e *emulator, _ *assembly) error {
		return bootstrap(ctx, t, e)
	}, do)
}

// onReady is onEmulator where something else than bootstrapping readies the emulator's account.
func onReady(ctx context.Context, c *stopwatch, t *tools, a *assembly, how mode, ready func(context.Context, *stopwatch, *tools, *emulator, *assembly) error, do func(*cloud) error) error {
	e, err := startEmulator(ctx, t, how)
	if err != nil {
		return err
	}
	defer e.stop()
	c.done("the emulator answers at %s, IAM %s", e.url, how)
	if err := ready(ctx, c, t, e, a); err != nil {
		return fmt.Errorf("%w\n%s", err, e.tail())
	}
	o, err := deploy(ctx, t, e, a)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, e.tail())
	}
	c.done("deployed %d stacks", len(a.stacks))
	if err := do(newCloud(e, o)); err != nil {
		return fmt.Errorf("IAM %s: %w\n%s", how, err, e.tail())
	}
	return nil
}

// prove runs the suite. Where IAM is enforced, grants are taken away afterwards, to see that they were what made it pass.
func prove(ctx context.Context, c *stopwatch, at *cloud) error {
	r, err := e2e.Play(ctx, at, func(step string) { c.done("%s", step) })
	if err == nil && at.emulator.cert != nil {
		err = withdraw(ctx, c, at, r)
	}
	if err != nil {
		return err
	}
	return proveRoots(ctx, c, at) // last, since it leaves a forgery behind
}
