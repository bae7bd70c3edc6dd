package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// tools are the programs that the proof runs, all below the module's folder.
type tools struct {
	root   string
	python string // of the environment that holds the emulator
}

// prepareTools installs what is missing: the emulator in a virtual environment, by the hashes of tools/requirements.txt, and the
// CDK's command line by its lock file.
func prepareTools(ctx context.Context, root string) (*tools, error) {
	t := &tools{root: root, python: filepath.Join(root, ".tools", "python", "bin", "python")}
	if err := t.command(ctx, nil, filepath.Join(root, ".ci", "python")); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", ".bin", "cdk")); err != nil {
		return t, t.command(ctx, nil, "npm", "ci", "--no-audit", "--no-fund")
	}
	return t, nil
}

// environment is this process's, without any AWS settings of its owner, with the module's Node.js first in the path.
func (t *tools) environment(more ...string) []string {
	var out []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "CDK_") && !strings.HasPrefix(v, "PATH=") {
			out = append(out, v)
		}
	}
	path := filepath.Join(t.root, "node_modules", ".bin") + string(os.PathListSeparator) + os.Getenv("PATH")
	return append(append(out, "PATH="+path), more...)
}

// command runs a program in the module's folder; what it said is shown only when it fails.
func (t *tools) command(ctx context.Context, env []string, name string, args ...string) error {
	return t.commandIn(ctx, t.root, env, name, args...)
}

func (t *tools) commandIn(ctx context.Context, dir string, env []string, name string, args ...string) error {
	_, err := t.output(ctx, dir, env, name, args...)
	return err
}

// output runs a program and gives what it said.
func (t *tools) output(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	if name == "cdk" {
		name = filepath.Join(t.root, "node_modules", ".bin", name)
	}
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // G204: our own programs
	cmd.Dir, cmd.Env = dir, t.environment(env...)
	// What it starts is of its group, and ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return said.String(), fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, lastLines(said.String(), linesShown))
	}
	return said.String(), nil
}

// linesShown is how much is shown of what a program said that has failed.
const linesShown = 60

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
