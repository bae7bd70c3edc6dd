// Command onprem is the whole back office in one process, for on-premise use and laptops: every operation that the cloud
// stacks deploy as functions, over the embedded store.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks a second time need not wait for what is under way
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "onprem:", err)
		os.Exit(1)
	}
}

// usage is what `onprem help` says.
const usage = `onprem runs the Back Office System in one process.

  onprem [flags]                            serve; see onprem -h
  onprem backup -data DIR -to DIR           copy the data, while the system runs or not
  onprem restore -from DIR -data DIR        put a copy back, into a directory that is not there yet or is empty
  onprem verify -data DIR [-against DIR]    prove the books of a data directory or backup, and that two hold the same
  onprem verify -prefix NAME [-against-prefix NAME] [-region R] [-endpoint URL]
                                            the same of the tables of a store, while nothing writes to them
  onprem mend -data DIR -from DIR -by NAME -reason TEXT [-dry-run]
                                            complete torn acts from a later copy of the data, or of tables: see mend -h
  onprem rebuild -data DIR [-tenant ID]     make balances and listings anew from the journals, of one tenant or all
  onprem maintenance on|off -data DIR -by NAME -reason TEXT
                                            shut or open all writes; reading goes on
  onprem anchor -data DIR                   write a signed root over the audit chains, as a running host does twice a day
  onprem rotate-field-key -data DIR         put a new key before those of encrypted fields, for the next start
  onprem fence -data DIR                    shut out whatever was at work on jobs before a restore

rebuild, maintenance and fence take -prefix NAME [-region R] [-endpoint URL] in the place of -data, for the tables of a store.
verify ends with 1 when anything is not in order, and names the first record that is not.
`

// run does what the arguments say; without the name of a command it serves.
func run(ctx context.Context, args []string, out, errs io.Writer) error {
	command, rest := "", args
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		command, rest = args[0], args[1:]
	}
	switch command {
	case "":
		return serve(ctx, rest, out, errs)
	case "backup":
		return runBackup(ctx, rest, out, errs)
	case "restore":
		return runRestore(ctx, rest, out, errs)
	case "verify":
		return runVerify(ctx, rest, out, errs)
	case "mend":
		return runMend(ctx, rest, out, errs)
	case "rebuild":
		return runRebuild(ctx, rest, out, errs)
	case "maintenance":
		return runMaintenance(ctx, rest, out, errs)
	case "fence":
		return runFence(ctx, rest, out, errs)
	case "rotate-field-key":
		return runRotate(rest, out, errs)
	case "anchor":
		return runAnchor(ctx, rest, out, errs)
	case "help":
		_, err := io.WriteString(out, usage)
		return err
	}
	return fmt.Errorf("unknown command %q; see onprem help", command)
}

// parseFlags reads a command's flags, which take no further arguments.
func parseFlags(f *flag.FlagSet, args []string, errs io.Writer) error {
	f.SetOutput(errs)
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	return nil
}
