package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const noteMode = 0o600

// note says how far the set-up of a data directory's demo company has come.
type note struct {
	Begun  bool   `json:"begun"`
	Ready  bool   `json:"ready"`
	Entity string `json:"entity,omitempty"`
}

func notePath(dir string) string { return filepath.Join(dir, "demo.json") }

// Stands tells whether a data directory holds the demo company, or the beginnings of one: users whose passwords everybody knows.
func Stands(dir string) (bool, error) {
	n, err := readNote(dir)
	return n.Begun, err
}

func readNote(dir string) (note, error) {
	var n note
	raw, err := os.ReadFile(notePath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return n, nil
	}
	if err != nil {
		return n, err
	}
	if err := json.Unmarshal(raw, &n); err != nil {
		return n, fmt.Errorf("demo: %s: %w", notePath(dir), err)
	}
	return n, nil
}

// write puts the note whole or not at all.
func (n note) write(dir string) error {
	raw, err := json.Marshal(n)
	if err != nil {
		return err
	}
	next := notePath(dir) + ".next"
	if err := os.WriteFile(next, append(raw, '\n'), noteMode); err != nil {
		return err
	}
	return os.Rename(next, notePath(dir))
}
