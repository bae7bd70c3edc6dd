package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"path/filepath"

	"backoffice/infra/onprem/backup"
	"backoffice/infra/onprem/door"
	"backoffice/infra/onprem/system"
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
