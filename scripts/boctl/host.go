package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"backoffice/infra/onprem/backup"
	"backoffice/infra/onprem/door"
)

// backup asks the system that runs on a data directory of this machine for a copy.
func (a *app) backup() *cobra.Command {
	var data, to string
	c := &cobra.Command{Use: "backup", Short: "Copy the data of a system that runs on this machine", Args: cobra.NoArgs,
		Long: "Asks the system that runs on a data directory of this machine to copy its data. It needs no sign-in: whoever may read the data directory may copy it.\n" +
			"The copy is put back by `boctl restore`, and checked by `onprem verify`.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			to, err := filepath.Abs(to)
			if err != nil {
				return err
			}
			var m backup.Manifest
			err = door.Call(cmd.Context(), data, "/backup", map[string]string{"to": to}, &m)
			if errors.Is(err, door.ErrClosed) {
				return fmt.Errorf("%w; onprem backup copies it all the same", err)
			}
			if err != nil {
				return err
			}
			return a.copied("backup", to, m)
		}}
	c.Flags().StringVar(&data, "data", ".data", "data directory")
	c.Flags().StringVar(&to, "to", "", "directory to make")
	_ = c.MarkFlagRequired("to")
	return c
}

// restore puts a copy into a data directory of this machine, from which a system can then be started.
func (a *app) restore() *cobra.Command {
	var from, data string
	c := &cobra.Command{Use: "restore", Short: "Put a copy back into a data directory of this machine", Args: cobra.NoArgs,
		Long: "Puts a backup into a data directory that does not exist yet, or is empty. Every file is held against the backup's manifest;\n" +
			"the directory appears when all of it is right. Nothing may run on it meanwhile. `onprem verify` holds the books in it against one another.",
		RunE: func(*cobra.Command, []string) error {
			m, err := backup.Restore(from, data)
			if err != nil {
				return err
			}
			return a.copied("restored", data, m)
		}}
	c.Flags().StringVar(&from, "from", "", "backup to put back")
	c.Flags().StringVar(&data, "data", "", "data directory to make")
	_ = c.MarkFlagRequired("from")
	_ = c.MarkFlagRequired("data")
	return c
}

// copied tells what was copied: of which instant, how many files and bytes.
func (a *app) copied(name, dir string, m backup.Manifest) error {
	return a.show(map[string]any{name: dir, "at": m.At.Format(time.RFC3339), "files": len(m.Files), "bytes": m.Bytes()}, table{})
}
