// Command gen writes everything that follows from the catalogue: the functions' mains, the OpenAPI document, the events'
// schemas, the tables of operations, events and problems, and the stacks' assignment. With -check it writes nothing and fails
// naming each file that differs.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"backoffice/internal/catalog"
)

func main() {
	check := flag.Bool("check", false, "write nothing; fail naming each file that differs")
	root := flag.String("root", ".", "folder of the module")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	files, failed := generate(root, catalog.Domains())
	if files == nil {
		return failed
	}
	stale, err := staleFiles(root, files)
	if err != nil {
		return err
	}
	changed := differing(root, files)
	if check {
		if all := append(changed, stale...); len(all) > 0 {
			sort.Strings(all)
			return errors.Join(failed, fmt.Errorf("not as generated (run `make gen`):\n  %s", strings.Join(all, "\n  ")))
		}
		return failed
	}
	for _, name := range changed {
		if err := write(filepath.Join(root, name), files[name]); err != nil {
			return err
		}
		fmt.Println("wrote", name)
	}
	if failed != nil {
		return failed // what could not be made anew is not stale
	}
	return remove(root, stale)
}

// differing lists the files whose content on disk is not what is generated.
func differing(root string, files map[string][]byte) []string {
	var out []string
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !bytes.Equal(have, want) {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// staleFiles lists what stands in the folders that are generated whole but is generated no more; nothing there is written by hand.
func staleFiles(root string, files map[string][]byte) ([]string, error) {
	var out []string
	for _, dir := range []string{functionsDir, eventsDir, documentDir} {
		stale, err := staleIn(root, dir, files)
		if err != nil {
			return nil, err
		}
		out = append(out, stale...)
	}
	return out, nil
}

func staleIn(root, dir string, files map[string][]byte) ([]string, error) {
	var out []string
	base := filepath.Join(root, dir)
	err := filepath.WalkDir(base, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == base {
			return fs.SkipAll
		}
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err == nil && files[filepath.ToSlash(name)] == nil {
			out = append(out, filepath.ToSlash(name))
		}
		return err
	})
	return out, err
}

func write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

func remove(root string, stale []string) error {
	for _, name := range stale {
		if err := os.Remove(filepath.Join(root, name)); err != nil {
			return err
		}
		fmt.Println("removed", name)
		dir := filepath.Dir(filepath.Join(root, name))
		if rest, err := os.ReadDir(dir); err == nil && len(rest) == 0 {
			if err := os.Remove(dir); err != nil {
				return err
			}
		}
	}
	return nil
}
