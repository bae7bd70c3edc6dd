// Command boctl is the command line of the Back Office System: sign-in, journals, reports, periods, jobs, imports and any other
// operation, over the public API alone, against a host or the cloud.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// app is one run of the program.
type app struct {
	in        io.Reader
	out, errs io.Writer
	lines     *bufio.Reader // of standard input, as far as secrets were read from it

	config  string // directory of the profiles; "" for the user's own
	profile string // "" for the current one
	format  string // table, csv or json
}

const about = `boctl calls the Back Office System over its public API.

Sign in once, and later calls go on with what that gave:

  boctl sign-in --address http://127.0.0.1:8080 --email you@example.com
  boctl report trial-balance --as-of 2026-03-31

Every write takes --dry-run, which says what would happen and keeps nothing, and --idempotency-key; without one each run makes
its own, and an answer that was lost is asked for again under the same key.

Exit codes:
  0  done
  1  the command line is wrong, or a file cannot be read or written
  2  refused: the request is malformed or breaks a rule
  3  not signed in, or not allowed
  4  there is no such record
  5  conflict: the record's state or version is another by now
  6  the system did not answer, failed, or asks to come again later
`

// run carries out one command line and gives the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	a := &app{in: in, out: out, errs: errs}
	root := a.root() //nolint:contextcheck // a command gets its context when it is run
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err != nil {
		_, _ = fmt.Fprintln(errs, "boctl:", err)
	}
	return exitCode(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{Use: "boctl", Short: "The command line of the Back Office System", Long: about, SilenceUsage: true, SilenceErrors: true,
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error { return checkFormat(a.format) }}
	f := root.PersistentFlags()
	f.StringVar(&a.config, "config", "", "directory of the profiles, instead of the user's own configuration directory")
	f.StringVar(&a.profile, "profile", "", "profile to use, instead of the current one")
	f.StringVar(&a.format, "format", "table", "how answers are written: table, csv or json")
	root.AddCommand(a.signIn(), a.signOut(), a.whoami(), a.factor(), a.users(), a.accept(), a.claim(), a.profiles(), a.entities(), a.accounts(), a.periods(), a.journals(), a.report(), a.export(),
		a.jobs(), a.imports(), a.call(), a.backup(), a.restore())
	return root
}

func checkFormat(format string) error {
	switch format {
	case "table", "csv", "json":
		return nil
	}
	return fmt.Errorf("--format is table, csv or json, not %q", format)
}

// group makes a command that only holds others.
func group(use, short string, inner ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		_ = cmd.Help()
		return fmt.Errorf("%s needs the name of a command", cmd.CommandPath())
	}}
	c.AddCommand(inner...)
	return c
}
