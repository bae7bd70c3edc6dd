package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"backoffice/infra/onprem/backup"
	"backoffice/infra/onprem/system"
	"backoffice/infra/onprem/verify"
)

func runVerify(ctx context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem verify", flag.ContinueOnError)
	var first, second dataset
	v := verifier{out: out}
	f.StringVar(&first.dir, "data", ".data", "data directory, or a backup")
	f.StringVar(&first.prefix, "prefix", "", "what the names of tables begin with that are verified instead of a data directory, such as backoffice-prod-r1; nothing may write to them")
	f.StringVar(&second.dir, "against", "", "another data directory or backup that must hold equal books")
	f.StringVar(&second.prefix, "against-prefix", "", "other tables that must hold equal books")
	v.flags(f)
	f.StringVar(&v.work, "work", "", "where a copy is put for the time of the check; beside the data directory unless given")
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	if err := v.of(first, second); err != nil {
		return err
	}
	defer v.close()
	set, err := v.check(ctx, first)
	if err != nil || second.String() == "" {
		return err
	}
	other, err := v.open(ctx, second)
	if err != nil {
		return err
	}
	defects, err := verify.Compare(ctx, set.DB, other.DB)
	if err != nil {
		return err
	}
	return verify.Tell(out, defects, fmt.Sprintf("%s and %s hold equal books.", first, second))
}

// beside holds a store against what stands beside it: the roots of its audit chains, and the keys of encrypted fields. Those of
// tables are in nobody's file.
func (v *verifier) beside(ctx context.Context, d dataset, set *verify.Set) ([]verify.Defect, error) {
	copied := v.copies[0]
	found, err := verify.Anchored(ctx, set.DB, copied)
	if err != nil || d.prefix != "" {
		return found, err
	}
	unread, err := verify.Fields(ctx, set.DB, filepath.Join(copied, system.FieldKeys))
	return append(found, unread...), err
}

// verifier checks copies, and takes them away afterwards.
type verifier struct {
	service

	out    io.Writer
	work   string
	copies []string
	sets   []*verify.Set
}

// open makes a copy of a data set and opens it: a check changes nothing.
func (v *verifier) open(ctx context.Context, d dataset) (*verify.Set, error) {
	work := v.work
	if work == "" && d.prefix == "" {
		work = filepath.Dir(filepath.Clean(d.dir))
	}
	copied, err := os.MkdirTemp(work, ".verify-")
	if err != nil {
		return nil, fmt.Errorf("%w; name a directory for the copy with -work", err)
	}
	v.copies = append(v.copies, copied)
	set, err := v.fill(ctx, d, copied)
	if err != nil {
		return nil, err
	}
	v.sets = append(v.sets, set)
	return set, set.Settle(ctx)
}

func (v *verifier) fill(ctx context.Context, d dataset, copied string) (*verify.Set, error) {
	inside := filepath.Join(copied, "store")
	var err error
	switch {
	case d.prefix != "":
		cfg, err := v.config(ctx)
		if err != nil {
			return nil, err
		}
		return verify.Copy(ctx, cfg, d.prefix, inside)
	case backup.IsCopy(d.dir):
		_, err = backup.Restore(d.dir, copied)
	default:
		_, err = take(ctx, d.dir, copied)
	}
	if err != nil {
		return nil, err
	}
	return verify.Open(inside) //nolint:contextcheck // the store works until it is closed, whatever becomes of the call
}

func (v *verifier) close() {
	for _, s := range v.sets {
		_ = s.Close()
	}
	for _, dir := range v.copies {
		_ = os.RemoveAll(dir)
	}
}

// check proves a data set's books and, where it is a directory with signed roots, its audit chains against those.
func (v *verifier) check(ctx context.Context, d dataset) (*verify.Set, error) {
	set, err := v.open(ctx, d)
	if err != nil {
		return nil, err
	}
	r, err := verify.Check(ctx, set.DB)
	if err != nil {
		return nil, err
	}
	if err := verify.Tell(v.out, r.Defects, fmt.Sprintf("%s is in order: %s.", d, r)); err != nil {
		return nil, err
	}
	beside, err := v.beside(ctx, d, set)
	if err != nil || len(beside) == 0 {
		return set, err
	}
	return nil, verify.Tell(v.out, beside, "")
}
