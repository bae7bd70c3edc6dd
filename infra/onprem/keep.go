package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"backoffice/infra/onprem/backup"
	"backoffice/infra/onprem/door"
	"backoffice/infra/onprem/system"
	"backoffice/infra/onprem/verify"
	"backoffice/internal/clock"
)

// backupIn asks a running system for a copy of its data.
type backupIn struct {
	To string `json:"to"` // directory that does not exist yet, or is empty
}

// openDoor opens the operator's door of a system over the embedded store; there is none over another store.
func openDoor(ctx context.Context, sys *system.System, s settings) (func(context.Context) error, error) {
	if s.endpoint != "" {
		return func(context.Context) error { return nil }, nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", door.Answer(func(_ context.Context, in backupIn) (backup.Manifest, error) {
		return sys.Backup(in.To)
	}))
	addMaintenance(mux, sys)
	d, err := door.Open(ctx, s.data, mux)
	if err != nil {
		return nil, err
	}
	return d.Close, nil
}

// take copies a data directory, through its running system if there is one.
func take(ctx context.Context, data, to string) (backup.Manifest, error) {
	to, err := filepath.Abs(to)
	if err != nil {
		return backup.Manifest{}, err
	}
	var m backup.Manifest
	err = door.Call(ctx, data, "/backup", backupIn{To: to}, &m)
	if errors.Is(err, door.ErrClosed) {
		return backup.Offline(data, to, clock.System())
	}
	return m, err
}

func runBackup(ctx context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem backup", flag.ContinueOnError)
	data := f.String("data", ".data", "data directory")
	to := f.String("to", "", "directory to make")
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	if *to == "" {
		return errors.New("-to is needed")
	}
	m, err := take(ctx, *data, *to)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Backup of %s in %s: %d files, %d bytes.\n", *data, *to, len(m.Files), m.Bytes())
	return err
}

func runRestore(_ context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem restore", flag.ContinueOnError)
	from := f.String("from", "", "backup to restore")
	data := f.String("data", "", "data directory to make")
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	if *from == "" || *data == "" {
		return errors.New("-from and -data are needed")
	}
	m, err := backup.Restore(*from, *data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Restored %s to %s: %d files, %d bytes, as of %s.\n", *from, *data, len(m.Files), m.Bytes(), clock.Format(m.At))
	return err
}

// errDefects is a data set that does not hold what it must.
var errDefects = errors.New("the books are not in order")

func runVerify(ctx context.Context, args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem verify", flag.ContinueOnError)
	data := f.String("data", ".data", "data directory, or a backup")
	against := f.String("against", "", "another data directory or backup that must hold equal books")
	work := f.String("work", "", "where a copy is put for the time of the check; beside the data directory unless given")
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	v := verifier{out: out, work: *work}
	defer v.close()
	first, err := v.open(ctx, *data)
	if err != nil {
		return err
	}
	if err := v.check(ctx, *data, first); err != nil {
		return err
	}
	anchored, err := verify.Anchored(ctx, first.DB, v.copies[0])
	if err != nil {
		return err
	}
	if len(anchored) > 0 {
		return v.tell(anchored, "")
	}
	if *against == "" {
		return nil
	}
	second, err := v.open(ctx, *against)
	if err != nil {
		return err
	}
	defects, err := verify.Compare(ctx, first.DB, second.DB)
	if err != nil {
		return err
	}
	return v.tell(defects, fmt.Sprintf("%s and %s hold equal books.", *data, *against))
}

// verifier checks copies, and takes them away afterwards.
type verifier struct {
	out    io.Writer
	work   string
	copies []string
	sets   []*verify.Set
}

// open makes a copy of a data set and opens it: a check changes nothing.
func (v *verifier) open(ctx context.Context, dir string) (*verify.Set, error) {
	work := v.work
	if work == "" {
		work = filepath.Dir(filepath.Clean(dir))
	}
	copied, err := os.MkdirTemp(work, ".verify-")
	if err != nil {
		return nil, fmt.Errorf("%w; name a directory for the copy with -work", err)
	}
	v.copies = append(v.copies, copied)
	if backup.IsCopy(dir) {
		_, err = backup.Restore(dir, copied)
	} else {
		_, err = take(ctx, dir, copied)
	}
	if err != nil {
		return nil, err
	}
	set, err := verify.Open(filepath.Join(copied, "store")) //nolint:contextcheck // the store works until it is closed, whatever becomes of the call
	if err != nil {
		return nil, err
	}
	v.sets = append(v.sets, set)
	return set, set.Settle(ctx)
}

func (v *verifier) close() {
	for _, s := range v.sets {
		_ = s.Close()
	}
	for _, dir := range v.copies {
		_ = os.RemoveAll(dir)
	}
}

func (v *verifier) check(ctx context.Context, dir string, set *verify.Set) error {
	r, err := verify.Check(ctx, set.DB)
	if err != nil {
		return err
	}
	return v.tell(r.Defects, fmt.Sprintf("%s is in order: %d tenants, %d entities, %d journals with %d lines, %d balances, %d acts, %d items.",
		dir, r.Tenants, r.Entities, r.Journals, r.Lines, r.Balances, r.Acts, r.Items))
}

const defectsShown = 20

// tell prints the defects, the first one first, or that there are none.
func (v *verifier) tell(defects []verify.Defect, fine string) error {
	if len(defects) == 0 {
		_, err := fmt.Fprintln(v.out, fine)
		return err
	}
	for _, d := range defects[:min(len(defects), defectsShown)] {
		_, _ = fmt.Fprintln(v.out, "DEFECT", d)
	}
	return fmt.Errorf("%w: %d defects, the first: %s", errDefects, len(defects), defects[0])
}
