package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// lintMachines has the validator check the files of state machines.
func lintMachines(ctx context.Context, files []string) error {
	var args []string
	for _, f := range files {
		args = append(args, "--json-path", f)
	}
	return tool(ctx, machineLint, args...)
}

// lintTemplates has cfn-lint check the templates, several processes at once, since one does not use more than one processor.
// Templates that were found clean before are left out: checking one takes seconds, and most do not change.
func lintTemplates(ctx context.Context, files []string) error {
	marks, todo := map[string]string{}, []string{}
	for _, f := range files {
		mark, err := cleanMark(f)
		if err != nil {
			return err
		}
		if _, err := os.Stat(mark); err != nil {
			marks[f] = mark
			todo = append(todo, f)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	for _, share := range shares(todo, runtime.NumCPU()) {
		group.Go(func() error {
			return tool(ctx, templateLint, append([]string{"--config-file", templateRules, "--format", "parseable", "--template"}, share...)...)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return writeMarks(marks)
}

// cleanMark is the file that tells that a template, with this linter and these rules, was clean.
func cleanMark(template string) (string, error) {
	sum := sha256.New()
	for _, f := range []string{template, templateRules, templatePins} {
		raw, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		sum.Write(raw)
	}
	return filepath.Join(cleanFolder, hex.EncodeToString(sum.Sum(nil))), nil
}

// writeMarks keeps the marks of what is clean, beside those of the past: switching back to a branch costs nothing.
func writeMarks(marks map[string]string) error {
	if err := os.MkdirAll(cleanFolder, 0o750); err != nil {
		return err
	}
	for template, mark := range marks {
		if err := os.WriteFile(mark, []byte(template), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// shares deals files out in turn, so that the large ones, which stand side by side, do not fall to one process.
func shares(files []string, n int) [][]string {
	out := make([][]string, min(n, len(files)))
	for i, f := range files {
		out[i%len(out)] = append(out[i%len(out)], f)
	}
	return out
}

// tool runs a checker; its complaints are the error.
func tool(ctx context.Context, name string, args ...string) error {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // G204: our own tools
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", filepath.Base(name), err), errors.New(said.String()))
	}
	return nil
}
