package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"

	"backoffice/infra/onprem/system"
	"backoffice/internal/seal/keyring"
)

// runRotate puts a new key before those of encrypted fields. A process that runs goes on with the keys that it has read.
func runRotate(args []string, out, errs io.Writer) error {
	f := flag.NewFlagSet("onprem rotate-field-key", flag.ContinueOnError)
	data := f.String("data", ".data", "data directory")
	if err := parseFlags(f, args, errs); err != nil {
		return err
	}
	id, err := keyring.Rotate(filepath.Join(*data, system.FieldKeys))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "From the next start on, fields are encrypted under the key %s. The former keys stay: they open what they encrypted.\n", id)
	return err
}
