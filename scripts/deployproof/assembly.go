package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// unprovenMark is the entry of a template's metadata that says why the emulator cannot take the stack.
const unprovenMark = "Unproven"

// assembly is what a synthesis has written: the templates of one stage.
type assembly struct {
	dir      string
	stacks   []string          // that the emulator takes, by name
	unproven map[string]string // stack -> why it is left out
}

// synthesise writes the templates of the stage over a generation of its tables, "" for those that it begins with.
func synthesise(ctx context.Context, t *tools, tables string) (*assembly, error) {
	dir := filepath.Join(t.root, "build", "cdk.out"+tables)
	err := t.command(ctx, nil, "cdk", "synth", "--quiet", "--notices=false", "--build", "true", "--context", "stage="+stage, "--context", "arch="+runtime.GOARCH, "--context", "tables="+tables, "--output", dir)
	if err != nil {
		return nil, err
	}
	return readAssembly(dir)
}

// readAssembly finds the stacks of an assembly, and the marks of those that are left out.
func readAssembly(dir string) (*assembly, error) {
	var manifest struct {
		Artifacts map[string]struct {
			Type       string
			Properties struct{ TemplateFile string }
		}
	}
	if err := readJSON(filepath.Join(dir, "manifest.json"), &manifest); err != nil {
		return nil, err
	}
	a := &assembly{dir: dir, unproven: map[string]string{}}
	for name, artifact := range manifest.Artifacts {
		if artifact.Type != "aws:cloudformation:stack" {
			continue
		}
		var template struct{ Metadata map[string]any }
		if err := readJSON(filepath.Join(dir, artifact.Properties.TemplateFile), &template); err != nil {
			return nil, err
		}
		if why, marked := template.Metadata[unprovenMark]; marked {
			a.unproven[name] = fmt.Sprint(why)
		} else {
			a.stacks = append(a.stacks, name)
		}
	}
	slices.Sort(a.stacks)
	if len(a.stacks) == 0 {
		return nil, errors.New("no stack is left to deploy in " + dir)
	}
	return a, nil
}

// leftOut says which stacks are left out, each with its reason.
func (a *assembly) leftOut() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(a.unproven)) {
		fmt.Fprintf(&b, "         left out: %s: %s\n", name, a.unproven[name])
	}
	return b.String()
}

func readJSON(file string, into any) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
