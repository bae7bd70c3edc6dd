package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"backoffice/infra/onprem/door"
)

// backup asks the system that runs on a data directory of this machine for a copy.
func (a *app) backup() *cobra.Command {
	var data, to string
	c := &cobra.Command{Use: "backup", Short: "Copy the data of a system that runs on this machine", Args: cobra.NoArgs,
		Long: "Asks the system that runs on a data directory of this machine to copy its data. It needs no sign-in: whoever may read the data directory may copy it.\n" +
			"The copy is checked and put back by `onprem verify` and `onprem restore`.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			to, err := filepath.Abs(to)
			if err != nil {
				return err
			}
			var copied struct {
				At    time.Time
				Files []struct{ Bytes int64 }
			}
			err = door.Call(cmd.Context(), data, "/backup", map[string]string{"to": to}, &copied)
			if errors.Is(err, door.ErrClosed) {
				return fmt.Errorf("%w; onprem backup copies it all the same", err)
			}
			if err != nil {
				return err
			}
			var bytes int64
			for _, f := range copied.Files {
				bytes += f.Bytes
			}
			return a.show(map[string]any{"backup": to, "at": copied.At.Format(time.RFC3339), "files": len(copied.Files), "bytes": bytes}, table{})
		}}
	c.Flags().StringVar(&data, "data", ".data", "data directory")
	c.Flags().StringVar(&to, "to", "", "directory to make")
	_ = c.MarkFlagRequired("to")
	return c
}
