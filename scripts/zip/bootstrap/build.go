// Package bootstrap builds functions and packs them.
package bootstrap

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
)

// ReleaseArch is the architecture that functions run on in the cloud.
const ReleaseArch = "arm64"

// Tag leaves out of the Lambda library what custom runtimes never use.
const Tag = "lambda.norpc"

// Options say what to build and how.
type Options struct {
	Root    string // folder of the module
	Arch    string // GOARCH
	Release bool   // without build ids: the same input gives the same bytes, but everything is linked on every build
	Overlay string // file for go build -overlay, "" for none
}

// sets are the folders whose sub-folders are mains, by the name that their zips' folder has.
func sets(root string) (map[string]string, error) {
	out := map[string]string{"trigger": "infra/cloud/trigger"}
	domains, err := os.ReadDir(filepath.Join(root, "functions"))
	if err != nil {
		return nil, fmt.Errorf("no functions are generated: %w", err)
	}
	for _, d := range domains {
		if d.IsDir() {
			out[d.Name()] = "functions/" + d.Name()
		}
	}
	return out, nil
}

// Build compiles the mains that a pattern matches into a folder; each binary has the name of its main's folder.
func Build(ctx context.Context, o Options, into, pattern string) error {
	if err := os.MkdirAll(into, 0o750); err != nil {
		return err
	}
	link := "-s -w"
	if o.Release {
		link += " -buildid="
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-tags", Tag, "-ldflags=" + link, "-o", into + string(filepath.Separator)}
	if o.Overlay != "" {
		args = append(args, "-overlay", o.Overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, pattern)...) //nolint:gosec // G204: the arguments are ours
	cmd.Dir = o.Root
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+o.Arch, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pattern, err, out)
	}
	return nil
}

// Dir is the folder, below the module's, where an architecture's zips stand.
func Dir(arch string) string { return filepath.Join("build", "functions", arch) }

// File is the path, below the module's folder, of a function's zip.
func File(arch, set, name string) string { return filepath.Join(Dir(arch), set, name+".zip") }

// PackAll builds and packs every function, and removes the zips of those that are no more.
func PackAll(ctx context.Context, o Options) ([]Packed, error) {
	folders, err := sets(o.Root)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(folders))
	for n := range folders {
		names = append(names, n)
	}
	sort.Strings(names)
	var done []Packed
	for _, set := range names {
		bin := filepath.Join(o.Root, "build", "bin", o.Arch, set)
		if err := Build(ctx, o, absolute(bin), "./"+folders[set]+"/..."); err != nil {
			return nil, err
		}
		packed, err := packSet(o, set, bin, folders[set])
		if err != nil {
			return nil, err
		}
		done = append(done, packed...)
	}
	return done, nil
}

func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return abs
}
