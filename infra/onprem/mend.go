package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"backoffice/infra/onprem/backup"
	"backoffice/infra/onprem/verify"
	"backoffice/internal/clock"
	"backoffice/internal/store"
)

// errTorn is a data set of which something could not be mended.
var errTorn = errors.New("not everything could be mended")

// runMend completes torn acts of a data directory or of tables from a later copy of them, and verifies what came of it.
func runMend(ctx context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem mend", flag.ContinueOnError)
	var torn, later dataset
	v, o := verifier{out: out}, verify.Order{Clock: clock.System}
	f.StringVar(&torn.dir, "data", ".data", "data directory whose system is stopped")
	f.StringVar(&torn.prefix, "prefix", "", "what the names of tables begin with that are mended instead of a data directory; nothing else may write to them")
	f.StringVar(&later.dir, "from", "", "a later copy: a data directory or a backup")
	f.StringVar(&later.prefix, "from-prefix", "", "what the names of the tables begin with that are a later copy")
	f.StringVar(&o.By, "by", "", "who asks for it")
	f.StringVar(&o.Reason, "reason", "", "why")
	f.BoolVar(&o.DryRun, "dry-run", false, "say what would be done, and do nothing")
	v.flags(f)
	f.StringVar(&v.work, "work", "", "where copies are put meanwhile; beside the data directory unless given")
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	if err := v.of(torn, later); err != nil {
		return err
	}
	o.By, o.Reason, o.From = strings.TrimSpace(o.By), strings.TrimSpace(o.Reason), later.String()
	switch {
	case later.String() == "":
		return errors.New("-from or -from-prefix is needed")
	case o.By == "" || o.Reason == "":
		return errors.New("-by and -reason are needed: they are kept with what is mended")
	case torn.prefix == "" && backup.IsCopy(torn.dir):
		return fmt.Errorf("%s is a backup, which is never changed: restore it, and mend what comes of it", torn.dir)
	}
	defer v.close()
	m, err := v.mend(ctx, torn, later, o)
	if err != nil {
		return err
	}
	if err := tellMending(out, m, o.DryRun); err != nil || o.DryRun {
		return err
	}
	last := verifier{service: v.service, out: out, work: v.work}
	defer last.close()
	if _, err := last.check(ctx, torn); err != nil {
		return fmt.Errorf("%w; balances, ledgers and listings are made anew by a rebuild: verify again after one", err)
	}
	if len(m.Left) > 0 {
		return fmt.Errorf("%w: %d items, the first: %s", errTorn, len(m.Left), m.Left[0])
	}
	return nil
}

// mend reads the later copy from a copy of its own, and writes to the torn tables themselves.
func (v *verifier) mend(ctx context.Context, torn, later dataset, o verify.Order) (verify.Mending, error) {
	from, err := v.open(ctx, later)
	if err != nil {
		return verify.Mending{}, fmt.Errorf("open %s: %w", later, err)
	}
	if torn.prefix != "" {
		cfg, err := v.config(ctx)
		if err != nil {
			return verify.Mending{}, err
		}
		return verify.Mend(ctx, store.Open(cfg, torn.prefix), from.DB, o)
	}
	set, err := verify.Open(filepath.Join(torn.dir, "store")) //nolint:contextcheck // the store works until it is closed, whatever becomes of the call
	if err != nil {
		return verify.Mending{}, fmt.Errorf("open %s, whose system has to be stopped: %w", torn.dir, err)
	}
	m, err := verify.Mend(ctx, set.DB, from.DB, o)
	return m, errors.Join(err, set.Close())
}

// tellMending prints what was done, and what was left and why.
func tellMending(out io.Writer, m verify.Mending, dry bool) error {
	done := "MENDED"
	if dry {
		done = "WOULD MEND"
	}
	var all strings.Builder
	for _, d := range m.Done {
		fmt.Fprintln(&all, done, d)
	}
	for _, d := range m.Left {
		fmt.Fprintln(&all, "LEFT", d)
	}
	fmt.Fprintf(&all, "%d items to mend, %d left.\n", len(m.Done), len(m.Left))
	_, err := io.WriteString(out, all.String())
	return err
}
