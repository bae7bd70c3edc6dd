package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The emulator's pins. Without cryptography it refuses every token.
const (
	emulatorPin     = "ministack==1.5.33"
	cryptographyPin = "cryptography==50.0.2"
)

// tools are the programs that the proof runs, all below the module's folder.
type tools struct {
	root string
	venv string
}

// prepareTools installs what is missing: the emulator in a virtual environment of its own, the CDK's command line by the lock
// file.
func prepareTools(ctx context.Context, root string) (*tools, error) {
	t := &tools{root: root, venv: filepath.Join(root, ".tools", "emulator")}
	mark := filepath.Join(t.venv, "installed")
	pins := emulatorPin + "\n" + cryptographyPin + "\n"
	have, err := os.ReadFile(mark)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if string(have) != pins {
		if err := t.command(ctx, nil, "python3", "-m", "venv", t.venv); err != nil {
			return nil, err
		}
		if err := t.command(ctx, nil, filepath.Join(t.venv, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", emulatorPin, cryptographyPin); err != nil {
			return nil, err
		}
		if err := os.WriteFile(mark, []byte(pins), 0o600); err != nil {
			return nil, err
		}
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
	if name == "cdk" {
		name = filepath.Join(t.root, "node_modules", ".bin", name)
	}
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // G204: our own programs
	cmd.Dir, cmd.Env = dir, t.environment(env...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, lastLines(said.String(), 60))
	}
	return nil
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
